// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import VeleroAPI

/// Puts new backups into the queue and begins those whose turn it is.
struct BackupScheduler: Sendable {
    let context: ControllerContext
    let store: ObjectStore

    /// The one key there is: the queue as a whole.
    enum Key: Hashable, Sendable { case queue }

    /// After which the queue is looked at again, though nothing may have changed.
    private static let lookAgain: Duration = .seconds(60)

    func reconcile(_: Key) async throws -> Controller<Key>.Outcome {
        let backups = store.objects.map(Backup.init(object:)).filter { !$0.metadata.isBeingDeleted }
        guard backups.contains(where: { $0.phase == .new || $0.phase == .queued }) else { return .done }
        // Only where several run can namespaces keep one from being begun.
        let namespaces =
            context.settings.concurrentBackups > 1
            ? try await context.client.list(Namespace.self, namespace: nil).map(\.name) : []
        let changes = BackupQueue.decide(backups, limit: context.settings.concurrentBackups, namespaces: namespaces)
        for change in changes {
            switch change {
            case .place(let key, let position):
                _ = try await context.update(Backup.self, key) { backup in
                    guard backup.phase == .new || backup.phase == .queued else { return false }
                    backup.phase = .queued
                    backup.queuePosition = position
                    return true
                }
            case .release(let key):
                _ = try await context.update(Backup.self, key) { backup in
                    guard backup.phase == .queued else { return false }
                    backup.phase = .readyToStart
                    backup.queuePosition = nil
                    return true
                }
            }
        }
        return .again(after: Self.lookAgain)
    }
}
