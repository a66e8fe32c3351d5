// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
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
    let logger: Logger
    let clock: any Clock<Duration>
    let now: @Sendable () -> KubeTime

    /// How long to wait for a repository, and who is told about it.
    func lockOptions(_ logger: Logger) -> LockOptions {
        var options = LockOptions()
        options.retryDuration = settings.lockPatience
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
}
