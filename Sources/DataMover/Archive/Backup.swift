// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
package import RepositoryEngine
package import ResticFormat

/// Backs files up into an opened repository: parent, archive, snapshot.
///
/// The caller holds a shared lock unless it is a dry run. The order is the one that keeps a repository consistent: snapshots are listed
/// before the index is loaded, packs and index files are stored before the snapshot.
package struct Backup: Sendable {
    private let repository: Repository
    private let options: ArchiveOptions
    private let writing: WriterLimits
    private let observer: ArchiveObserver
    private let progress: ArchiveProgress

    /// How long saving the snapshot goes on once the backup was cancelled.
    private static let saveTime: Duration = .seconds(60)

    package init(
        _ repository: Repository,
        options: ArchiveOptions = ArchiveOptions(),
        writing: WriterLimits = WriterLimits(),
        observer: ArchiveObserver = ArchiveObserver(),
        progress: ArchiveProgress = ArchiveProgress()
    ) {
        self.repository = repository
        self.options = options
        self.writing = writing
        self.observer = observer
        self.progress = progress
    }

    /// Finds the parent and loads the index, then archives and saves the snapshot.
    ///
    /// A backup that is cancelled while its snapshot is being saved succeeds: given up half-way, a snapshot might be there that nobody
    /// knows of.
    ///
    /// - Parameters:
    ///   - clock: Tells when the backup ended.
    ///   - confirm: Called right before the snapshot is saved, the point of no return: throws if the lock was lost.
    /// - Throws: ``RepositoryError``, storage errors, ``FileSystemError`` when a volume's root cannot be read, `CancellationError`.
    package func run(
        _ request: BackupRequest,
        clock: WallClock = .system,
        confirm: @Sendable () async throws -> Void = {}
    ) async throws -> BackupOutcome {
        let parent = try await Self.findParent(
            of: request,
            in: repository,
            onUnreadable: observer.snapshotUnreadable
        )
        try await repository.loadIndex()
        let result = try await archive(request, parent: parent)
        var outcome = BackupOutcome(
            snapshot: makeSnapshot(request, result, parent: parent, end: clock.now()),
            parentID: parent?.id,
            digest: result.digest,
            isEmpty: result.rootNodeCount == 0,
            counts: progress.counts
        )
        let isSkipped = request.skipsIfUnchanged && parent?.snapshot.tree == result.tree
        if outcome.isEmpty || isSkipped { return outcome }
        guard !request.isDryRun else {
            outcome.rehearsedID = try repository.rehearseSnapshot(outcome.snapshot)
            return outcome
        }
        try await confirm()
        try Task.checkCancellation()
        let snapshot = outcome.snapshot
        outcome.snapshotID = try await withCancellationShield(timeout: Self.saveTime, clock: ContinuousClock()) {
            [repository] in try await repository.saveSnapshot(snapshot)
        }
        return outcome
    }

    private func archive(_ request: BackupRequest, parent: StoredSnapshot?) async throws -> ArchiveResult {
        guard !request.isDryRun else {
            return try await archive(request, parent: parent, into: DryRunSink(repository.index))
        }
        return try await repository.withBlobWriter(limits: writing) { writer in
            try await archive(request, parent: parent, into: RepositorySink(writer))
        }
    }

    private func archive(
        _ request: BackupRequest,
        parent: StoredSnapshot?,
        into sink: some ArchiveSink
    ) async throws -> ArchiveResult {
        let archiver = Archiver(
            sink: sink,
            polynomial: repository.polynomial,
            options: options,
            observer: observer,
            progress: progress
        )
        switch request.source {
        case .stream(let path, let read):
            return try await archiver.archiveStream(path: path, time: request.time, read)
        case .paths(let targets, let workingDirectory):
            return try await archive(scans: request.scans) {
                try await archiver.scan(targets, workingDirectory: workingDirectory)
            } _: {
                try await archiver.archive(targets, workingDirectory: workingDirectory, parent: parentTree(parent))
            }
        case .directory(let directory, let path):
            return try await archive(scans: request.scans) {
                try await archiver.scan(directory, path: path)
            } _: {
                try await archiver.archive(directory, path: path, parent: parentTree(parent))
            }
        }
    }

    private func parentTree(_ parent: StoredSnapshot?) -> ParentTree? {
        parent.map { parent in
            ParentTree(root: parent.snapshot.tree) { try await repository.openTree($0) }
        }
    }

    /// Archives, and counts beside that if asked to.
    private func archive(
        scans: Bool,
        _ scan: @escaping @Sendable () async throws -> Void,
        _ archive: @escaping @Sendable () async throws -> ArchiveResult
    ) async throws -> ArchiveResult {
        try await withThrowingTaskGroup(of: ArchiveResult?.self) { group in
            if scans {
                group.addTask {
                    // A failed count only costs the percentages.
                    try? await scan()
                    return nil
                }
            }
            group.addTask { try await archive() }
            while let result = try await group.next() {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            throw CancellationError()
        }
    }

    private func makeSnapshot(
        _ request: BackupRequest,
        _ result: ArchiveResult,
        parent: StoredSnapshot?,
        end: Timestamp
    ) -> Snapshot {
        var snapshot = Snapshot(time: request.time, tree: result.tree, paths: request.snapshotPaths)
        snapshot.parent = parent?.id
        snapshot.hostname = request.hostname
        snapshot.username = request.username
        snapshot.userID = request.userID
        snapshot.groupID = request.groupID
        snapshot.excludes = request.excludes
        snapshot.tags = request.tags
        snapshot.programVersion = request.programVersion
        snapshot.volumeRoot = result.volumeRoot
        if let digest = result.digest {
            snapshot.volumeDigest = digest.digest
            if request.tagsDigest { snapshot.tags.append("volume-digest=\(digest.hex)") }
        }
        snapshot.summary = progress.counts.summary(start: request.time, end: end)
        return snapshot
    }
}

extension ArchiveProgress.Counts {
    /// The counters as a snapshot keeps them.
    package func summary(start: Timestamp, end: Timestamp) -> SnapshotSummary {
        var summary = SnapshotSummary(backupStart: start, backupEnd: end)
        summary.filesNew = UInt64(clamping: filesNew)
        summary.filesChanged = UInt64(clamping: filesChanged)
        summary.filesUnmodified = UInt64(clamping: filesUnmodified)
        summary.directoriesNew = UInt64(clamping: directoriesNew)
        summary.directoriesChanged = UInt64(clamping: directoriesChanged)
        summary.directoriesUnmodified = UInt64(clamping: directoriesUnmodified)
        summary.dataBlobs = UInt64(clamping: dataBlobs)
        summary.treeBlobs = UInt64(clamping: treeBlobs)
        summary.dataAdded = UInt64(clamping: dataAdded)
        summary.dataAddedPacked = UInt64(clamping: dataAddedPacked)
        summary.totalFilesProcessed = UInt64(clamping: filesDone)
        summary.totalBytesProcessed = UInt64(clamping: bytesDone)
        return summary
    }
}
