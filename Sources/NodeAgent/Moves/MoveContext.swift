// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import RepositoryEngine
import ResticFormat

/// What moves share.
struct MoveContext: Sendable {
    let settings: NodeAgentSettings
    let client: KubeClient
    let repositories: any RepositoryProvider
    let locator: VolumeLocator
    let share: MoveShare
    let metrics: AgentMetrics
    /// Tells people about ends.
    let events: EventRecorder
    let logger: Logger
    let clock: any Clock<Duration>
    let now: @Sendable () -> KubeTime
    /// When this process began; what has its name and is older was left by an earlier one.
    let startedAt: Timestamp

    /// How long to wait for a repository, whose locks are believed abandoned, and who is told about it.
    func lockOptions(_ identity: HolderIdentity, _ logger: Logger) -> LockOptions {
        var options = LockOptions()
        options.retryDuration = settings.lockPatience
        let isGone = LockOptions.goneOnThisHost(identity: identity)
        let startedAt = startedAt
        options.isHolderGone = { lock, now in
            isGone(lock, now) || Self.isOfEarlierProcess(lock, identity, startedAt: startedAt, now: now)
        }
        options.onNotice = { notice in
            switch notice {
            case .waiting(let lock, let delay):
                logger.info(
                    "The repository is locked by somebody else, waiting",
                    metadata: ["lock.id": "\(lock.id.shortHex)", "delay": "\(delay)"]
                )
            case .tookOver(let lock):
                logger.info("Removed the lock of a process that is gone", metadata: ["lock.id": "\(lock.id.shortHex)"])
            case .refreshFailed(let error):
                logger.warning("Refreshing the lock failed", metadata: ["error": "\(error)"])
            case .releaseFailed(let error):
                logger.warning("Releasing the lock failed", metadata: ["error": "\(error)"])
            }
        }
        return options
    }

    /// Whether a lock was left by a container that this one replaces: it has the same host name and process id, is older than this
    /// process, and has missed a refresh.
    static func isOfEarlierProcess(
        _ lock: LockFile,
        _ identity: HolderIdentity,
        startedAt: Timestamp,
        now: Timestamp
    ) -> Bool {
        lock.hostname == identity.hostname && lock.processID == identity.processID && lock.time < startedAt
            && now.duration(since: lock.time) > LockFile.refreshInterval + .seconds(60)
    }
}
