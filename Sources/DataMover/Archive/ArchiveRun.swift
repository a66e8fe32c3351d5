// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Synchronization
import VolumeIO

/// Everything the workers of one archive run share.
///
/// Work is split by forking where a ``ForkTokens`` token is free and done in place where none is, so that at most as many tasks are
/// active as there are tokens. Memory ceiling: tasks × (512 KiB + one batch of nodes), the ``SegmentPool``, and per open directory its
/// names and the text of its tree so far.
final class ArchiveRun: Sendable {
    let sink: any ArchiveSink
    let hash: RollingHash
    let options: ArchiveOptions
    let observer: ArchiveObserver
    let progress: ArchiveProgress
    let parent: ParentTree?
    let owners = OwnerNames()
    let tokens: ForkTokens
    let segments: SegmentPool
    let latch = FailureLatch()
    /// File systems the targets are on, for ``ArchiveOptions/staysOnFileSystem``.
    let devices: Set<UInt64>
    private let buffers = Mutex<[[UInt8]]>([])

    init(
        sink: any ArchiveSink,
        hash: RollingHash,
        options: ArchiveOptions,
        observer: ArchiveObserver,
        progress: ArchiveProgress,
        parent: ParentTree?,
        devices: Set<UInt64>
    ) {
        self.sink = sink
        self.hash = hash
        self.options = options
        self.observer = observer
        self.progress = progress
        self.parent = parent
        self.devices = devices
        tokens = ForkTokens(count: max(options.workerCount, options.readConcurrency) - 1)
        segments = SegmentPool(workerCount: options.workerCount)
    }

    /// Saves a blob; an error ends the run.
    func save(_ kind: BlobKind, _ plaintext: Span<UInt8>, id: BlobID? = nil) throws -> ArchivedBlob {
        let blob: ArchivedBlob
        do {
            blob = try sink.save(kind, plaintext, id: id)
        } catch {
            latch.keep(error)
            throw RunFailure()
        }
        progress.count(blob, isTree: kind == .tree, byteCount: plaintext.count)
        return blob
    }

    /// Waits while the store is behind; an error ends the run.
    func waitForCapacity() async throws {
        do {
            try await sink.waitForCapacity()
        } catch {
            latch.keep(error)
            throw error
        }
    }

    func report(
        _ severity: ItemFailure.Severity,
        _ path: [UInt8],
        _ message: String,
        cause: (any Error)? = nil,
        isOfParent: Bool = false
    ) {
        switch severity {
        case .error: progress.add(1, to: progress.errors)
        case .warning: progress.add(1, to: progress.warnings)
        }
        observer.itemFailed(
            ItemFailure(severity, path: path, message: message, cause: cause, isOfParent: isOfParent)
        )
    }

    func report(_ error: FileSystemError, _ path: [UInt8]) {
        report(.error, path, error.at(path).message, cause: error)
    }

    /// Lends an empty buffer for small files.
    func takeBuffer() -> [UInt8] {
        guard var buffer = buffers.withLock({ $0.popLast() }) else {
            var buffer: [UInt8] = []
            buffer.reserveCapacity(ChunkingRules.minimumByteCount + 1)
            return buffer
        }
        buffer.removeAll(keepingCapacity: true)
        return buffer
    }

    func giveBack(_ buffer: [UInt8]) {
        buffers.withLock { $0.append(buffer) }
    }
}

/// Stands for the error kept by the run's latch.
struct RunFailure: Error {}
