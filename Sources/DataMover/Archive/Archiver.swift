// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ByteTransforms
package import ResticFormat
package import VolumeIO

/// Turns directory trees into blobs and trees of a repository.
///
/// Paths that fail are reported and left out while the rest goes on; only the store's errors, and cancellation, end a run. Work happens
/// on threads of the archiver's own, never on Swift's pool.
package struct Archiver: Sendable {
    private let sink: any ArchiveSink
    private let hash: RollingHash
    private let options: ArchiveOptions
    private let observer: ArchiveObserver
    private let progress: ArchiveProgress

    /// - Parameter polynomial: The repository's, which decides where files are cut.
    package init(
        sink: any ArchiveSink,
        polynomial: Polynomial,
        options: ArchiveOptions = ArchiveOptions(),
        observer: ArchiveObserver = ArchiveObserver(),
        progress: ArchiveProgress = ArchiveProgress()
    ) {
        self.sink = sink
        self.hash = RollingHash(polynomial)
        self.options = options
        self.observer = observer
        self.progress = progress
    }

    /// Archives `targets` as restic does.
    ///
    /// A single target without components (`.`, `/`) makes its entries the root tree; its own metadata is then in
    /// ``ArchiveResult/volumeRoot``.
    ///
    /// - Parameters:
    ///   - workingDirectory: Absolute path that relative targets start from.
    ///   - parent: The snapshot to detect changes against.
    /// - Throws: Errors of the sink, ``FileSystemError`` when the root of a volume cannot be read, `CancellationError`.
    package func archive(
        _ targets: [[UInt8]],
        workingDirectory: [UInt8],
        parent: ParentTree? = nil
    ) async throws -> ArchiveResult {
        try await onWorkers {
            let plan = try TargetPlan(targets, workingDirectory: workingDirectory)
            let run = makeRun(parent: parent, devices: plan.devices)
            return try await run.rethrowingFirstFailure {
                switch plan.content {
                case .directory(let path): return try await run.archiveVolume(path)
                case .tree(let tree):
                    let root = try await run.archiveRoot(tree, workingDirectory: workingDirectory)
                    return ArchiveResult(root, volumeRoot: nil)
                }
            }
        }
    }

    /// Archives the entries of an opened directory as the root tree.
    ///
    /// - Parameter path: Where the directory is, for messages and exclusions; absolute.
    package func archive(
        _ directory: SharedDirectory,
        path: [UInt8],
        parent: ParentTree? = nil
    ) async throws -> ArchiveResult {
        try await onWorkers {
            let context = try Self.context(of: directory, path: path)
            let run = makeRun(parent: parent, devices: [context.device])
            return try await run.rethrowingFirstFailure { try await run.archiveVolume(context) }
        }
    }

    /// Archives a stream as a single file.
    ///
    /// - Parameters:
    ///   - path: Name of the file in the snapshot; may name directories, which then have no metadata but the time.
    ///   - time: All times of the node, as restic gives a stream.
    ///   - read: Returns up to the given number of bytes, nil at the end.
    package func archiveStream(
        path: [UInt8],
        time: Timestamp,
        _ read: @escaping @Sendable (_ limit: Int) async throws -> [UInt8]?
    ) async throws -> ArchiveResult {
        try await onWorkers {
            let run = makeRun(parent: nil, devices: [])
            return try await run.rethrowingFirstFailure {
                try await run.archiveStream(path: path, time: time, read)
            }
        }
    }

    /// Counts what ``archive(_:workingDirectory:parent:)`` will read, for percentages; unreadable parts are silently left out.
    package func scan(_ targets: [[UInt8]], workingDirectory: [UInt8]) async throws {
        let executor = BlockingExecutor(name: "scan", threadCount: 1, monitor: options.monitor)
        try await withTaskExecutorPreference(executor) {
            let plan = try TargetPlan(targets, workingDirectory: workingDirectory)
            let run = makeRun(parent: nil, devices: plan.devices)
            try await run.scan(plan, workingDirectory: workingDirectory)
        }
    }

    /// Counts what ``archive(_:path:parent:)`` will read, for percentages; unreadable parts are silently left out.
    package func scan(_ directory: SharedDirectory, path: [UInt8]) async throws {
        let executor = BlockingExecutor(name: "scan", threadCount: 1, monitor: options.monitor)
        try await withTaskExecutorPreference(executor) {
            let context = try Self.context(of: directory, path: path)
            try await makeRun(parent: nil, devices: [context.device]).scan(context)
        }
    }

    /// Another descriptor of the directory: two that list by the same one would disturb each other.
    @inline(never)
    private static func context(of directory: SharedDirectory, path: [UInt8]) throws -> EntryContext {
        do {
            let own = try directory.directory.duplicate()
            let device = try own.metadata().device
            return EntryContext(
                directory: SharedDirectory(own),
                sourcePath: path,
                snapshotPath: [UInt8(ascii: "/")],
                device: device
            )
        } catch {
            throw error.at(path)
        }
    }

    private func makeRun(parent: ParentTree?, devices: Set<UInt64>) -> ArchiveRun {
        ArchiveRun(
            sink: sink,
            hash: hash,
            options: options,
            observer: observer,
            progress: progress,
            parent: parent,
            devices: devices
        )
    }

    private func onWorkers(_ body: @Sendable () async throws -> ArchiveResult) async throws -> ArchiveResult {
        let executor = BlockingExecutor(
            name: "archive",
            threadCount: max(1, max(options.workerCount, options.readConcurrency)),
            monitor: options.monitor
        )
        return try await withTaskExecutorPreference(executor) { try await Self.onPreferredExecutor(body) }
    }

    @concurrent
    private static func onPreferredExecutor(
        _ body: @Sendable () async throws -> ArchiveResult
    ) async throws -> ArchiveResult {
        try await body()
    }
}

/// What an archive run stored.
package struct ArchiveResult: Sendable {
    /// Root tree of the snapshot.
    package var tree: BlobID
    /// Entries in the root tree; 0 means that there was nothing to store.
    package var rootNodeCount: Int
    /// The directory whose entries form the root tree, as a node called `.`; nil when the root tree has the targets' own names.
    package var volumeRoot: Node?
    /// Digest of the content, if asked for.
    package var digest: VolumeDigest?

    init(_ tree: ArchivedTree, volumeRoot: Node?) {
        self.tree = tree.id
        self.rootNodeCount = tree.nodeCount
        self.volumeRoot = volumeRoot
        self.digest = tree.digest.map { VolumeDigest(rootDirectory: $0) }
    }
}

extension ArchiveRun {
    /// Archives the entries of one directory as the root tree.
    func archiveVolume(_ path: [UInt8]) async throws -> ArchiveResult {
        let place = TargetPlace(snapshotPath: [UInt8(ascii: "/")], workingDirectory: path)
        let context: EntryContext
        do {
            context = try place.context(ofDirectory: path)
        } catch {
            throw error.at(path)
        }
        return try await archiveVolume(context)
    }

    /// Archives the entries of an opened directory as the root tree.
    func archiveVolume(_ context: EntryContext) async throws -> ArchiveResult {
        let path = context.sourcePath
        let metadata: FileMetadata
        do {
            metadata = try context.directory.directory.metadata()
        } catch {
            throw error.at(path)
        }
        let (attributes, failure) = context.directory.directory.extendedAttributes()
        if let failure { reportAttributes(failure, path) }
        let name = [UInt8(ascii: ".")]
        let root = makeNode(name: name, kind: .directory, metadata: metadata, attributes: attributes)
        let tree = try await archiveContents(of: context, parent: parent?.root)
        return ArchiveResult(tree, volumeRoot: root)
    }

    /// Runs `body`; when it ends because another part of the run failed, throws that part's error.
    func rethrowingFirstFailure<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            throw latch.error ?? error
        }
    }
}
