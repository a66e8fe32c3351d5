// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import DataMover
import KubeModel
import LocationAccess
import Logging
import RepositoryEngine
import ResticFormat
import Synchronization
import VeleroAPI

/// The restore of one volume.
final class RestoreMove: VolumeMove {
    private let context: MoveContext
    private let resource: PodVolumeRestore
    private let pod: Pod
    private let logger: Logger
    private let progress = RestoreProgress()
    let monitor = BlockingMonitor()
    /// Bytes of the snapshot as it says itself; known before they are found.
    private let totalBytes = Mutex(0)

    init(_ resource: PodVolumeRestore, pod: Pod, context: MoveContext, logger: Logger) {
        self.resource = resource
        self.pod = pod
        self.context = context
        self.logger = logger
    }

    func report(into resource: inout PodVolumeRestore) {
        let counts = progress.counts
        let done = counts.bytesRestored + counts.bytesSkipped
        let total = max(counts.bytesFound, counts.isScanComplete ? 0 : totalBytes.withLock { $0 })
        if done > 0 { resource.report(bytesDone: done, totalBytes: total) }
        let files = counts.filesRestored + counts.filesSkipped
        if files > 0 { resource.report(filesDone: files, totalFiles: counts.filesFound) }
    }

    var counts: MoveCounts {
        let counts = progress.counts
        return MoveCounts(bytes: counts.bytesRestored, files: counts.filesRestored, storedBytes: 0)
    }

    var activity: Int {
        let counts = progress.counts
        return counts.filesFound &+ counts.filesRestored &+ counts.filesSkipped &+ counts.bytesRestored
            &+ counts.bytesSkipped &+ counts.errors
    }

    func run() async throws -> @Sendable (inout PodVolumeRestore, KubeTime) -> Void {
        let volume = try await context.locator.open(volume: resource.volume ?? "", of: pod, monitor)
        let key = RepositoryKey(
            namespace: resource.repositoryNamespace,
            location: resource.backupStorageLocation ?? ""
        )
        try await context.locator.hostPods.run(monitor) { try RestoreMarker.remove(from: volume.directory) }
        try await context.repositories.withRepository(key, for: .reading) { repository in
            let options = self.context.lockOptions(repository.options.identity, self.logger)
            return try await self.context.share.withPermit {
                try await repository.withLock(.shared, options: options) { _ in
                    try await self.restore(from: repository, into: volume)
                }
            }
        }
        if let uid = resource.restoreUID {
            try await context.locator.hostPods.run(monitor) {
                try RestoreMarker.write(restoreUID: uid, in: volume.directory)
            }
        } else {
            logger.info("No restore controls the resource, so no marker is left for a waiting container")
        }
        return { $0.finish(.completed, at: $1) }
    }

    private func restore(from repository: Repository, into volume: OpenedVolume) async throws {
        let stored = try await repository.resolveSnapshot(resource.snapshotID ?? "")
        try await repository.loadIndex()
        let expected = Int(clamping: stored.snapshot.summary?.totalBytesProcessed ?? 0)
        totalBytes.withLock { $0 = expected }
        let failures = ItemFailures()
        var options = RestoreOptions()
        options.workerCount = context.share.plan.workerCount
        options.readConcurrency = context.share.plan.readConcurrency
        options.monitor = monitor
        // Unlike Velero, which fills the disk with zeros unless asked not to.
        options.writesSparseFiles = resource.uploaderSettings?["WriteSparseFiles"] != "false"
        let restorer = Restorer(
            source: RepositoryRestoreSource(repository),
            options: options,
            isPrivileged: repository.options.identity.userID == 0
        )
        let observer = RestoreObserver(itemFailed: { [logger] failure in
            failures.add(failure)
            logger.debug("An entry could not be restored", metadata: ["entry": "\(failure)"])
        })
        try await restorer.restore(
            stored.snapshot.tree,
            into: volume.directory,
            rootIsNew: false,
            volumeRoot: stored.snapshot.volumeRoot,
            progress: progress,
            observer: observer
        )
        if let message = failures.message(verb: "restored") { throw MoveError(message) }
        let counts = progress.counts
        logger.info(
            "Restored the volume",
            metadata: [
                "snapshot.id": "\(stored.id.shortHex)", "bytes": "\(counts.bytesRestored)",
                "files": "\(counts.filesRestored)",
            ]
        )
    }
}
