// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import VeleroAPI

/// How a command finds its cluster and the namespace Velero works in.
struct ClusterAccess: Sendable {
    let options: ClusterOptionValues
    let context: CommandContext

    /// What the flags say, apart from the parser.
    struct ClusterOptionValues: Sendable, Hashable {
        var namespace: String?
        var kubeconfig: String?
        var kubecontext: String?
    }

    init(_ options: ClusterOptions, in context: CommandContext) {
        self.options = ClusterOptionValues(
            namespace: options.namespace,
            kubeconfig: options.kubeconfig,
            kubecontext: options.kubecontext
        )
        self.context = context
    }

    init(_ options: ClusterOptionValues, in context: CommandContext) {
        self.options = options
        self.context = context
    }

    /// The namespace: that of the flag, else of the settings file, else of `VELERO_NAMESPACE`, else `velero`.
    ///
    /// - Throws: ``CommandFailure`` for what cannot be a namespace.
    func namespace() async throws -> String {
        let name =
            if let flag = options.namespace { flag } else {
                try await settings().namespace ?? context.variable("VELERO_NAMESPACE") ?? VeleroObjectName.namespace
            }
        guard ObjectName.isLabel(name) else { throw CommandFailure("'\(name)' cannot be the name of a namespace") }
        return name
    }

    private func settings() async throws -> ClientSettings {
        guard let path = ClientSettings.path(context),
            let bytes = try await environment.readFile(path)
        else { return ClientSettings() }
        return try ClientSettings(bytes, path: path)
    }

    /// Runs `body` with a client of the cluster.
    ///
    /// - Throws: ``KubeError`` if there is no usable configuration, else what `body` throws.
    func withClient<Result: Sendable>(
        limits: KubeClient.Limits = KubeClient.Limits(),
        _ body: (KubeClient) async throws -> Result
    ) async throws -> Result {
        let path = options.kubeconfig.map { context.absolutePath($0) }
        let configuration = try await ClusterConfiguration.load(path: path, context: options.kubecontext, environment)
        return try await KubeClient.withClient(configuration, limits: limits, body)
    }

    /// Files, variables and programs of this process for `KubeClient`.
    var environment: ConfigurationEnvironment {
        let input = context.input
        let executor = BlockingExecutor(name: "exec plugin", threadCount: 2)
        return ConfigurationEnvironment(variables: context.environment) { words, variables in
            // A plugin may ask a remote service; one that hangs must not hang the command for ever.
            try await withDeadline(.seconds(60), clock: ContinuousClock()) {
                try await executor.run { try input.runProgram(words, adding: variables) }
            }
        }
    }
}
