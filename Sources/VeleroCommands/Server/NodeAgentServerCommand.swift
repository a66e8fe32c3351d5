// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeClient
import KubeModel
import LocationAccess
import Logging
import NodeAgent
import RepositoryEngine
import Telemetry
import VeleroAPI

/// The group `velero node-agent`.
struct NodeAgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node-agent",
        abstract: "Run the agent of a node.",
        subcommands: [NodeAgentServerCommand.self]
    )
}

/// Backs up and restores the volumes of one node's pods: `velero node-agent server`, formerly `velero restic server`.
struct NodeAgentServerCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "server",
        abstract: "Run the agent that backs up and restores the volumes of this node's pods.",
        discussion: """
            Runs in the pods of the DaemonSet that velero install makes. It reads NODE_NAME, the node's name, \
            VELERO_NAMESPACE, and VELERO_SCRATCH_DIR, where caches are kept. Workers and memory follow the limits of its \
            container.
            """,
        examples: ["velero node-agent server --node-agent-configmap node-agent"]
    )

    @OptionGroup var server: ServerOptions

    @Option(
        help: ArgumentHelp(
            "ConfigMap with settings, such as volumes moved at once: loadConcurrency.",
            valueName: "name"
        )
    )
    var nodeAgentConfigmap: String?

    @Option(
        help: ArgumentHelp("Wait that long for a repository to become ready. (default: 10m)", valueName: "duration")
    )
    var resourceTimeout: String?

    @Option(help: ArgumentHelp("The kubelet's directory of pods. (default: /host_pods)", valueName: "path"))
    var podsDirectory: String?

    @OptionGroup(title: "Flags that charts for Velero pass") var ofOthers: AgentFlagsOfOthers

    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        guard let node = context.variable("NODE_NAME") else {
            throw CommandFailure("NODE_NAME is not set; it must hold the name of the node this runs on")
        }
        let access = ClusterAccess(cluster, in: context)
        let namespace = try await access.namespace()
        let patience = try ServerDurations.positive(resourceTimeout, flag: "--resource-timeout") ?? .seconds(600)
        try await ServerProcess.run("node-agent", server, in: context) { process in
            ofOthers.report(to: process.logger)
            var settings = NodeAgentSettings(node: node, namespace: namespace)
            if let podsDirectory { settings.podsDirectory = context.absolutePath(podsDirectory) }
            let limits = AgentLimits(ResourceLimits.current, processorCount: ProcessorCount.available)
            settings.workerCount = limits.workerCount
            settings.memoryByteCount = limits.memoryByteCount
            settings.programVersion = ProgramVersion.program
            process.logger.info(
                "Limits of the container are read",
                metadata: ["workers": "\(limits.workerCount)", "memory.bytes": "\(limits.memoryByteCount)"]
            )
            let (fixed, waitLimit) = (settings, patience)
            try await access.withClient { client in
                var settings = fixed
                settings.configuration = try await configuration(client, namespace)
                try await run(settings, client, waitLimit, process, in: context)
            }
        }
    }

    private func run(
        _ settings: NodeAgentSettings,
        _ client: KubeClient,
        _ waitLimit: Duration,
        _ process: ServerProcess,
        in context: CommandContext
    ) async throws {
        let kind = RepositoryResources.kind(in: try await client.discover())
        let resources = RepositoryResources(
            kind,
            client: client,
            namespace: settings.namespace,
            waitLimit: waitLimit
        )
        let repositories = LocationRepositories(
            ServerStorage.configuration(namespace: settings.namespace, metrics: process.metrics, in: context),
            client: client,
            logger: process.logger
        )
        let agent = NodeAgent(
            settings: settings,
            client: client,
            repositories: ReadyRepositories(resources, repositories),
            metrics: process.metrics,
            logger: process.logger,
            onReady: { process.readiness.set() }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await resources.run() }
            group.addTask { try await repositories.run() }
            group.addTask { try await agent.run() }
            // All run until they are cancelled; if one fails, all end.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func configuration(_ client: KubeClient, _ namespace: String) async throws -> NodeAgentConfiguration {
        guard let name = nodeAgentConfigmap else { return NodeAgentConfiguration() }
        guard let map = try await client.get(ConfigMap.self, ObjectKey(namespace: namespace, name: name)) else {
            throw CommandFailure("--node-agent-configmap: there is no ConfigMap \(namespace)/\(name)")
        }
        return try NodeAgentConfiguration(map)
    }
}
