// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
package import KubeClient
package import KubeModel
import KubeRuntime
package import LocationAccess
package import Logging
import RepositoryEngine
import ResticFormat
package import Telemetry
import VeleroAPI

/// Carries out the PodVolumeBackups and PodVolumeRestores of one node.
///
/// Driven by watches: nothing is asked for while nothing changes. What an earlier process of this node left unfinished is taken up again at
/// the start, and what this one leaves unfinished at its end by the next.
package struct NodeAgent: Sendable {
    private let settings: NodeAgentSettings
    private let client: KubeClient
    private let repositories: any RepositoryProvider
    private let metrics: MetricRegistry
    private let logger: Logger
    private let onReady: @Sendable () -> Void
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> KubeTime
    private let startedAt = WallClock.system.now()

    /// Resources looked at at once; moves run beside that.
    private static let workerCount = 4

    /// - Parameter onReady: Told once the agent knows what there is to do; must not block.
    package init(
        settings: NodeAgentSettings,
        client: KubeClient,
        repositories: any RepositoryProvider,
        metrics: MetricRegistry = MetricRegistry(),
        logger: Logger,
        onReady: @escaping @Sendable () -> Void = {},
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> KubeTime = ConfigurationEnvironment.systemTime
    ) {
        self.settings = settings
        self.client = client
        self.repositories = repositories
        self.metrics = metrics
        self.logger = logger
        self.onReady = onReady
        self.clock = clock
        self.now = now
    }

    /// Runs until cancelled; moves stop then, give their locks back, and leave their resources to the next process.
    ///
    /// - Throws: What makes work on this node impossible, `CancellationError`.
    package func run() async throws {
        let hostPods = HostPods(root: settings.podsDirectory)
        try await StartCheck(settings: settings, client: client, hostPods: hostPods).run()
        let slotCount = settings.configuration.concurrency(nodeLabels: try await nodeLabels())
        let queue = WorkQueue<WorkKey>()
        let agentMetrics = AgentMetrics(node: settings.node, in: metrics)
        let events = EventRecorder(
            client: client,
            component: "velero-node-agent",
            host: settings.node,
            clock: clock,
            now: now
        )
        let context = AgentContext(
            settings: settings,
            client: client,
            stores: AgentStores(),
            queue: queue,
            table: MoveTable(slotCount: slotCount),
            started: BoundedChannel(capacity: slotCount),
            events: events,
            clock: clock,
            now: now,
            logger: logger
        )
        let moves = MoveContext(
            settings: settings,
            client: client,
            repositories: repositories,
            locator: VolumeLocator(client: client, hostPods: hostPods),
            share: MoveShare(
                slotCount: slotCount,
                workerCount: settings.workerCount,
                memoryByteCount: settings.memoryByteCount
            ),
            metrics: agentMetrics,
            events: events,
            logger: logger,
            clock: clock,
            now: now,
            startedAt: startedAt
        )
        let backups = PodVolumeReconciler.backups(context, moves)
        let restores = PodVolumeReconciler.restores(context, moves)
        let controller = Controller(
            queue: queue,
            workerCount: Self.workerCount,
            reflectors: context.stores.reflectors(settings: settings, client: client, queue: queue, report: report),
            report: { [logger] failure in
                logger.warning(
                    "Reconciling failed, trying again",
                    metadata: [
                        "key": "\(failure.key)", "error": "\(failure.error)", "failures": "\(failure.count)",
                    ]
                )
            },
            reconcile: { key in
                switch key {
                case .backup(let key): try await backups.reconcile(key)
                case .restore(let key): try await restores.reconcile(key)
                }
            }
        )
        agentMetrics.observe(context.table)
        logger.info(
            "The node agent runs",
            metadata: [
                "node": "\(settings.node)", "concurrency": "\(slotCount)",
                "concurrency.data": "\(min(slotCount, moves.share.concurrency))",
                "workers": "\(moves.share.plan.workerCount)", "pack.bytes": "\(moves.share.plan.packByteCount)",
            ]
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await controller.run() }
            group.addTask { try await runMoves(context) }
            group.addTask { try await events.run() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Runs started moves, each in a task of its own, and brings their resources back into the queue.
    private func runMoves(_ context: AgentContext) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                try await context.stores.waitUntilSynced()
                onReady()
            }
            while let move = try await context.started.receive() {
                group.addTask {
                    let end = await move.run()
                    if let stuck = end.stuck {
                        try await wait(for: stuck, of: move.key, wroteEnd: end.wroteEnd, context)
                    } else {
                        context.table.end(move.key, wroteEnd: end.wroteEnd)
                        context.queue.add(move.key)
                    }
                    context.wakeWaiting()
                }
            }
        }
    }

    /// Keeps the slot of a move whose volume does not answer, until it does.
    ///
    /// - Throws: ``MoveError`` when no slot is left: a fresh process has them all, and does not take up what has ended;
    ///   `CancellationError`.
    private func wait(for stuck: Abandoned, of key: WorkKey, wroteEnd: Bool, _ context: AgentContext) async throws {
        context.table.leaveStuck(key, wroteEnd: wroteEnd)
        context.queue.add(key)
        logger.error("A volume does not answer, its slot stays taken until it does", metadata: ["key": "\(key)"])
        try Task.checkCancellation()
        if context.table.isStuck {
            let failure = MoveError(
                "no slot is left: all are taken by volumes that do not answer; another process has to go on"
            )
            // Whoever waits for the next move is to hear of it too.
            context.started.fail(failure)
            throw failure
        }
        try await stuck.end()
        context.table.endStuck()
        logger.info("A volume answers again, its slot is free", metadata: ["key": "\(key)"])
    }

    /// Labels of the node, by which rules may choose it; none if the agent may not read nodes.
    private func nodeLabels() async throws -> [String: String] {
        do {
            return try await client.get(Node.self, ObjectKey(namespace: nil, name: settings.node))?.metadata.labels
                ?? [:]
        } catch let error as KubeError where error.code == .forbidden {
            logger.warning("The node cannot be read, so no rule for it applies", metadata: ["error": "\(error)"])
            return [:]
        }
    }

    @Sendable private func report(_ type: ResourceType, _ report: Reflector.Report) {
        var logger = logger
        logger[metadataKey: "resource"] = "\(type)"
        switch report {
        case .listed(let count): logger.debug("Listed", metadata: ["count": "\(count)"])
        case .failed(let error, let pause):
            logger.warning("Watching failed, trying again", metadata: ["error": "\(error)", "pause": "\(pause)"])
        case .undecodable(let problem):
            logger.warning("An object cannot be read and is left out", metadata: ["problem": "\(problem)"])
        }
    }
}
