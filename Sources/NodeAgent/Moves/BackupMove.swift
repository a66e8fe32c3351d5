// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ByteTransforms
import DataMover
import KubeModel
import LocationAccess
import Logging
import RepositoryEngine
import ResticFormat
import Synchronization
import VeleroAPI

/// The backup of one volume.
final class BackupMove: VolumeMove {
    private let context: MoveContext
    private let resource: PodVolumeBackup
    private let pod: Pod
    private let isResumed: Bool
    /// Completed backups of the same data.
    private let history: [PodVolumeBackup]
    private let logger: Logger
    private let progress = ArchiveProgress()
    let monitor = BlockingMonitor()
    private let path = Mutex<String?>(nil)

    init(
        _ resource: PodVolumeBackup,
        pod: Pod,
        isResumed: Bool,
        history: [PodVolumeBackup],
        context: MoveContext,
        logger: Logger
    ) {
        self.resource = resource
        self.pod = pod
        self.isResumed = isResumed
        self.history = history
        self.context = context
        self.logger = logger
    }

    func report(into resource: inout PodVolumeBackup) {
        if let path = path.withLock({ $0 }) { resource.path = path }
        let counts = progress.counts
        if counts.bytesDone > 0 { resource.report(bytesDone: counts.bytesDone, totalBytes: counts.bytesFound) }
        if counts.filesDone > 0 { resource.report(filesDone: counts.filesDone, totalFiles: counts.filesFound) }
    }

    var counts: MoveCounts {
        let counts = progress.counts
        return MoveCounts(bytes: counts.bytesDone, files: counts.filesDone, storedBytes: counts.dataAddedPacked)
    }

    var activity: Int {
        let counts = progress.counts
        return counts.filesDone &+ counts.bytesDone &+ counts.filesFound &+ counts.bytesFound &+ counts.treeBlobs
            &+ counts.directoriesNew &+ counts.directoriesChanged &+ counts.directoriesUnmodified &+ counts.errors
            &+ counts.warnings
    }

    func run() async throws -> @Sendable (inout PodVolumeBackup, KubeTime) -> Void {
        let volume = try await context.locator.open(volume: resource.volume ?? "", of: pod, monitor)
        path.withLock { $0 = volume.path }
        let key = RepositoryKey(
            namespace: resource.podNamespace ?? "",
            location: resource.backupStorageLocation ?? ""
        )
        // The location decides where data goes; a resource that names another place is refused.
        let purpose = RepositoryPurpose.writing(for: resource.repoIdentifier)
        return try await context.repositories.withRepository(key, for: purpose) { repository in
            let options = self.context.lockOptions(repository.options.identity, self.logger)
            return try await self.context.share.withPermit {
                try await repository.withLock(.shared, options: options) { lock in
                    try await self.store(volume, in: repository, lock)
                }
            }
        }
    }

    private func store(
        _ volume: OpenedVolume,
        in repository: Repository,
        _ lock: LockGuard
    ) async throws -> @Sendable (inout PodVolumeBackup, KubeTime) -> Void {
        var request = request(volume, identity: repository.options.identity)
        if isResumed {
            if let stored = try await storedBefore(request, in: repository) { return Self.ending(stored) }
            try await adoptPacks(in: repository, lock)
        }
        request.parent = try await parent(in: repository)
        let failures = ItemFailures()
        var options = ArchiveOptions()
        options.workerCount = context.share.plan.workerCount
        options.readConcurrency = context.share.plan.workerCount
        options.monitor = monitor
        let observer = ArchiveObserver(itemFailed: { [logger] failure in
            failures.add(failure)
            logger.debug("An entry could not be read", metadata: ["entry": "\(failure)"])
        })
        let backup = Backup(
            repository,
            options: options,
            writing: context.share.plan.writing,
            observer: observer,
            progress: progress
        )
        let outcome = try await backup.run(request) {
            // A failed backup names no snapshot, so nobody would ever delete the one that lacks files.
            if let message = failures.message(verb: "read") { throw MoveError(message) }
            try lock.confirm()
        }
        if let message = failures.message(verb: "read") { throw MoveError(message) }
        guard let id = outcome.snapshotID else { return { $0.completeEmpty(at: $1) } }
        let note = failures.mountNote
        if let note {
            logger.warning("Not all that is beneath the volume is part of it", metadata: ["reason": "\(note)"])
        }
        logger.info(
            "Stored a snapshot of the volume",
            metadata: [
                "snapshot.id": "\(id.shortHex)", "bytes": "\(outcome.counts.bytesDone)",
                "bytes.new": "\(outcome.counts.dataAdded)", "files": "\(outcome.counts.filesDone)",
                "parent.id": "\(outcome.parentID?.shortHex ?? "")",
            ]
        )
        return Self.ending(StoredSnapshot(id: id, snapshot: outcome.snapshot), note: note)
    }

    /// - Parameter note: What a person should know though nothing failed.
    private static func ending(
        _ stored: StoredSnapshot,
        note: String? = nil
    ) -> @Sendable (inout PodVolumeBackup, KubeTime) -> Void {
        let summary = stored.snapshot.summary
        return { resource, time in
            resource.complete(
                snapshotID: stored.id.shortHex,
                byteCount: Int(clamping: summary?.totalBytesProcessed ?? 0),
                newByteCount: Int(clamping: summary?.dataAdded ?? 0),
                digest: stored.snapshot.volumeDigest?.hex,
                at: time
            )
            if let note { resource.message = note }
        }
    }

    private func request(_ volume: OpenedVolume, identity: HolderIdentity) -> BackupRequest {
        var request = BackupRequest(
            source: .directory(volume.directory, path: Array(volume.path.utf8)),
            time: WallClock.system.now(),
            hostname: PodVolumeSnapshot.hostName
        )
        request.username = identity.username
        request.userID = identity.userID
        request.groupID = identity.groupID
        request.tags = PodVolumeSnapshot.tagTexts(resource.tags ?? [:])
        request.programVersion = context.settings.programVersion
        return request
    }

    /// The snapshot an earlier process stored for this very resource before it could say so.
    private func storedBefore(_ request: BackupRequest, in repository: Repository) async throws -> StoredSnapshot? {
        guard let started = resource.startTimestamp, !request.tags.isEmpty else { return nil }
        let tags = Set(request.tags)
        return try await repository.loadSnapshots(onFailure: { _, _ in }).last { stored in
            stored.snapshot.hostname == request.hostname && stored.snapshot.time.seconds >= started.seconds
                && Set(stored.snapshot.tags) == tags && stored.snapshot.paths == request.snapshotPaths
        }
    }

    /// Makes what an earlier process stored and could not list any more known, so that it is not sent again.
    private func adoptPacks(in repository: Repository, _ lock: LockGuard) async throws {
        do {
            let adoption = try await repository.adoptUnlistedPacks(holding: lock)
            logger.info(
                "Goes on from what was stored already",
                metadata: ["packs": "\(adoption.adoptedPacks.count)", "bytes": "\(adoption.byteCount)"]
            )
        } catch let error as RepositoryError where error.code == .lockLost {
            throw error
        } catch {
            // It only costs the bytes that are sent again.
            try Task.checkCancellation()
            logger.warning("What was stored already cannot be used again", metadata: ["error": "\(error)"])
        }
    }

    /// The snapshot whose unchanged files need not be read again; none if it is gone.
    private func parent(in repository: Repository) async throws -> BackupRequest.Parent {
        guard let name = PodVolumeSnapshot.parent(of: resource, among: history) else { return .none }
        do {
            return .snapshot(try await repository.resolveSnapshot(name).id)
        } catch let error as RepositoryError {
            logger.info(
                "The parent snapshot cannot be used, reading the whole volume",
                metadata: ["parent.id": "\(name)", "error": "\(error)"]
            )
            return .none
        }
    }
}
