// SPDX-License-Identifier: Apache-2.0

import VeleroAPI

extension PodVolumeReconciler where Resource == PodVolumeBackup {
    /// The reconciler of backups.
    static func backups(_ context: AgentContext, _ moves: MoveContext) -> Self {
        let writer = StatusWriter<PodVolumeBackup>(client: context.client, clock: context.clock)
        return Self(
            context: context,
            store: context.stores.backups,
            writer: writer,
            metrics: moves.metrics.backups,
            workKey: { .backup($0) },
            // One without a node is nobody's.
            node: { $0.node.flatMap { $0.isEmpty ? nil : $0 } ?? "-" },
            claim: { _ in },
            makeRun: { claimed, pod, isResumed, stop, logger in
                let move = BackupMove(
                    claimed,
                    pod: pod,
                    isResumed: isResumed,
                    history: context.stores.history(of: claimed),
                    context: moves,
                    logger: logger
                )
                let runner = MoveRunner(move, writer, moves, moves.metrics.backups, logger)
                return { await runner.run(claimed, until: stop) }
            }
        )
    }
}

extension PodVolumeReconciler where Resource == PodVolumeRestore {
    /// The reconciler of restores.
    static func restores(_ context: AgentContext, _ moves: MoveContext) -> Self {
        let writer = StatusWriter<PodVolumeRestore>(client: context.client, clock: context.clock)
        return Self(
            context: context,
            store: context.stores.restores,
            writer: writer,
            metrics: moves.metrics.restores,
            workKey: { .restore($0) },
            node: { $0.node },
            claim: { $0.node = context.settings.node },
            makeRun: { claimed, pod, _, stop, logger in
                let move = RestoreMove(claimed, pod: pod, context: moves, logger: logger)
                let runner = MoveRunner(move, writer, moves, moves.metrics.restores, logger)
                return { await runner.run(claimed, until: stop) }
            }
        )
    }
}
