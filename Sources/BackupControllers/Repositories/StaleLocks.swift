// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import LocationAccess
import Logging
import RepositoryEngine
import ResticFormat

/// Removes locks whose holders are certainly gone: pods of this cluster, and whatever is older than restic waits.
struct StaleLocks: Sendable {
    let context: ControllerContext

    /// Looks whether there are locks at all before it opens anything.
    func remove(from key: RepositoryKey) async throws {
        guard try await context.repositories.hasLocks(key) else { return }
        let mark = try await context.repositories.access(key).clusterMark
        try await context.repositories.withRepository(key) { repository in
            try await remove(from: repository, key, mark: mark)
        }
    }

    func remove(from repository: Repository, _ key: RepositoryKey, mark: String) async throws {
        let locks = try await repository.listLocks()
        guard !locks.isEmpty else { return }
        let now = repository.options.wallClock.now()
        let pods = try await pods(locks.map(\.lock), mark: mark)
        let gone = locks.map(\.lock).filter { lock in
            guard ClusterMark.matches(mark, username: lock.username), let pod = pods[lock.hostname] else {
                return false
            }
            return LockHolder.isGone(lock, pod: pod, now: now)
        }
        let onThisHost = LockOptions.goneOnThisHost(identity: repository.options.identity)
        let removed = try await repository.unlock(.stale) { lock, now in gone.contains(lock) || onThisHost(lock, now) }
        for id in removed {
            let lock = locks.first { $0.id == id }?.lock
            context.logger.notice(
                "removed a lock whose holder is gone",
                metadata: [
                    "repository": "\(key)", "lock.id": "\(id)", "lock.host": "\(lock?.hostname ?? "")",
                    "lock.time": "\(lock?.time.rfc3339 ?? "")",
                ]
            )
        }
    }

    /// The pods that locks of this cluster name as hosts; for a pod that is gone the value is nil.
    private func pods(_ locks: [LockFile], mark: String) async throws -> [String: Pod?] {
        var pods: [String: Pod?] = [:]
        for lock in locks where ClusterMark.matches(mark, username: lock.username) {
            guard pods[lock.hostname] == nil else { continue }
            let key = ObjectKey(namespace: context.settings.namespace, name: lock.hostname)
            pods.updateValue(try await context.client.get(Pod.self, key), forKey: lock.hostname)
        }
        return pods
    }
}

/// Whether the holder of a lock runs; decides only.
enum LockHolder {
    /// - Parameter pod: The pod that took the lock, as it is now; nil if it is gone.
    static func isGone(_ lock: LockFile, pod: Pod?, now: Timestamp) -> Bool {
        // A pod removed by force may run on where its node cannot be reached; then it refreshes its lock.
        let hasMissedRefresh = now.duration(since: lock.time) > LockFile.refreshInterval + .seconds(60)
        guard let pod, pod.phase == .running else { return hasMissedRefresh }
        let running = pod.containerStatuses.filter(\.isRunning)
        guard !running.isEmpty else { return hasMissedRefresh }
        // Node and lock go by the same clock: what started later did not take it.
        return running.allSatisfy { status in
            guard let text = status.json["state"]?["running"]?["startedAt"]?.string,
                let start = KubeTime(parsing: text)
            else { return false }
            return start.seconds > lock.time.seconds
        }
    }
}
