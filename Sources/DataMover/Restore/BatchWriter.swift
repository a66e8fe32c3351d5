// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import RepositoryEngine
import ResticFormat
import Synchronization
import VolumeIO

/// Writes one batch after another: content by packs, then hard links, then the metadata of finished directories.
struct BatchWriter: Sendable {
    let run: RestoreRun
    let executor: BlockingExecutor

    func write(_ batch: RestoreBatch) async throws {
        if run.options.isDryRun { return try await executor.run { try rehearse(batch) } }
        let reads = try await plan(batch)
        let files = batch.files
        try await forEach(reads, limit: run.options.readConcurrency) { read in
            try await self.perform(read, files: files)
        }
        await executor.run {
            for link in batch.links { make(link) }
            for directory in batch.finished { finish(directory) }
        }
    }

    // MARK: Planning

    /// Looks up every chunk of every file; files that need none are finished on the way.
    private func plan(_ batch: RestoreBatch) async throws -> [ContentPlan.Read] {
        let stretches = stride(from: 0, to: batch.files.count, by: 256).map { $0..<min($0 + 256, batch.files.count) }
        let found = Mutex<[Int: [PlannedChunk]]>([:])
        try await forEach(stretches, limit: run.options.workerCount) { stretch in
            try await self.executor.run {
                for index in stretch {
                    try Task.checkCancellation()
                    let file = batch.files[index]
                    do {
                        let chunks = try self.prepare(file)
                        file.state.withLock { $0.remaining = chunks.count }
                        if chunks.isEmpty {
                            try self.complete(file)
                        } else {
                            found.withLock { $0[index] = chunks }
                        }
                    } catch let error as CancellationError {
                        throw error
                    } catch {
                        self.giveUp(file, error)
                    }
                }
            }
        }
        var plan = ContentPlan()
        let chunks = found.withLock { $0 }
        for index in batch.files.indices {
            for chunk in chunks[index] ?? [] { plan.append(chunk.stored, file: index, offset: chunk.offset) }
        }
        return plan.reads()
    }

    private struct PlannedChunk: Sendable {
        var stored: PackedBlob
        var offset: Int
    }

    /// Decides which chunks of a file must be fetched, and writes what needs no fetching.
    private func prepare(_ file: PlannedFile) throws -> [PlannedChunk] {
        let content = file.node.content ?? []
        var stored: [PackedBlob] = []
        stored.reserveCapacity(content.count)
        var byteCount = 0
        for id in content {
            guard let location = run.source.location(of: id) else {
                throw RepositoryError(
                    .missingBlob,
                    "data blob \(id) of this file is in no index; run 'repair index', then restore again"
                )
            }
            stored.append(location)
            byteCount += location.blob.plaintextByteCount
        }
        guard byteCount == Int(clamping: file.node.size) else {
            throw FormatError(
                .malformed,
                "the snapshot says this file has \(file.node.size) bytes but its chunks have \(byteCount); run check"
            )
        }
        var needed = Array(repeating: true, count: content.count)
        if file.existing == .file {
            needed = try keepWhatIsRight(file, content: content, stored: stored, byteCount: byteCount)
        } else if run.options.writesSparseFiles, content.contains(ZeroChunk.id) {
            needed = content.map { $0 != ZeroChunk.id }
        }
        if content.count > 1 || needed.contains(false) {
            try openFile(file).file.truncate(to: byteCount)
            if !run.options.writesSparseFiles { try openFile(file).file.allocate(byteCount: byteCount) }
        }
        // restic's counting: a file that is right already is skipped, one that is mended counts as a whole.
        let isRight = file.existing == .file && !needed.contains(true)
        var chunks: [PlannedChunk] = []
        var offset = 0
        for (index, location) in stored.enumerated() {
            if needed[index] {
                chunks.append(PlannedChunk(stored: location, offset: offset))
            } else {
                count(location.blob.plaintextByteCount, isSkipped: isRight)
            }
            offset += location.blob.plaintextByteCount
        }
        release(file)
        return chunks
    }

    private func count(_ byteCount: Int, isSkipped: Bool) {
        if isSkipped {
            run.progress.add(byteCount, to: run.progress.bytesSkipped)
        } else {
            run.progress.add(byteCount, to: run.progress.bytesRestored)
        }
    }

    /// Compares an existing file with the snapshot and cuts it to length.
    ///
    /// - Returns: Which chunks differ.
    private func keepWhatIsRight(
        _ file: PlannedFile,
        content: [BlobID],
        stored: [PackedBlob],
        byteCount: Int
    ) throws -> [Bool] {
        let directory = try run.target.open(file.directory)
        let open: SharedFile
        do throws(FileSystemError) {
            open = SharedFile(try directory.directory.openFileForWriting(file.name))
        } catch  where error.code == .denied {
            // A file without write permission for its owner: replace it.
            try directory.directory.removeFile(file.name)
            let created = SharedFile(try directory.directory.createFile(file.name))
            file.state.withLock { state in
                state.progress = .open(created)
                state.wroteAnything = true
            }
            return Array(repeating: true, count: content.count)
        } catch {
            throw error
        }
        file.state.withLock { $0.progress = .open(open) }
        let present = try open.file.metadata()
        guard present.kind == .regular else {
            throw FileSystemError(.other, .open, path: file.path)
        }
        let isSame =
            present.byteCount == byteCount && present.modified == file.node.modificationTime.fileTime
        if run.options.overwrite == .ifChanged, isSame { return Array(repeating: false, count: content.count) }
        let matches = try ExistingContent.matches(
            open.file,
            chunks: content,
            lengths: stored.map(\.blob.plaintextByteCount),
            isCancelled: { Task.isCancelled }
        )
        if present.byteCount != byteCount {
            try open.file.truncate(to: byteCount)
            file.state.withLock { $0.wroteAnything = true }
        }
        return matches.map { !$0 }
    }

    // MARK: Content

    /// Files of one read that may be open together.
    private static let openFileCount = 128

    /// Fetches the chunks of one read and writes each to all its places.
    private func perform(_ read: ContentPlan.Read, files: [PlannedFile]) async throws {
        let touched = Set(read.chunks.lazy.flatMap { $0.placements.lazy.map(\.file) })
        let closesAtOnce = touched.count > Self.openFileCount
        try await run.source.readChunks(
            read.chunks.map(\.stored),
            deliver: { index, plaintext in
                for placement in read.chunks[index].placements {
                    let file = files[placement.file]
                    do {
                        try self.write(plaintext, to: file, at: placement.offset)
                    } catch {
                        self.giveUp(file, error)
                    }
                    self.count(file)
                    if closesAtOnce { self.release(file) }
                }
            },
            fail: { index, error in
                for placement in read.chunks[index].placements {
                    self.giveUp(files[placement.file], error)
                    self.count(files[placement.file])
                }
            }
        )
        // Files wait for their other chunks closed, so that no snapshot makes this process run out of descriptors.
        for file in touched { release(files[file]) }
    }

    private func write(_ plaintext: Span<UInt8>, to file: PlannedFile, at offset: Int) throws {
        guard file.state.withLock({ $0.failure == nil }) else { return }
        let open = try openFile(file)
        file.state.withLock { $0.wroteAnything = true }
        if run.options.writesSparseFiles, file.existing == .nothing {
            for piece in ZeroRuns.pieces(of: plaintext) {
                try open.file.write(plaintext.extracting(piece), at: offset + piece.lowerBound)
            }
            if plaintext.count > 0, file.node.content?.count == 1 { try open.file.truncate(to: plaintext.count) }
        } else {
            try open.file.write(plaintext, at: offset)
        }
        run.progress.add(plaintext.count, to: run.progress.bytesRestored)
    }

    /// Counts one chunk as dealt with and completes the file after its last one.
    private func count(_ file: PlannedFile) {
        let isLast = file.state.withLock { state in
            state.remaining -= 1
            return state.remaining == 0
        }
        guard isLast else { return }
        do {
            try complete(file)
        } catch {
            giveUp(file, error)
        }
    }

    // MARK: Open files

    /// The open file, made or opened again as needed.
    private func openFile(_ file: PlannedFile) throws -> SharedFile {
        try file.state.withLock { state in
            if case .open(let opened) = state.progress { return opened }
            var exists = true
            if case .untouched = state.progress, file.existing == .nothing { exists = false }
            let directory = try run.target.open(file.directory)
            let opened =
                exists
                ? SharedFile(try directory.directory.openFileForWriting(file.name))
                : SharedFile(try directory.directory.createFile(file.name))
            state.progress = .open(opened)
            return opened
        }
    }

    /// Closes a file until its first chunk arrives.
    private func release(_ file: PlannedFile) {
        file.state.withLock { state in
            if case .open = state.progress { state.progress = .closed }
        }
    }

    /// Gives a file whose content is right its metadata and closes it.
    private func complete(_ file: PlannedFile) throws {
        guard file.state.withLock({ $0.failure == nil }) else { return }
        let open = try openFile(file)
        try run.metadata.apply(
            file.node,
            to: open.file,
            mayHaveAttributes: file.existing == .file || file.directory.mayPassOnAttributes
        )
        let wroteAnything = file.state.withLock { state in
            state.progress = .closed
            return state.wroteAnything
        }
        let byteCount = Int(clamping: file.node.size)
        switch (file.existing, wroteAnything) {
        case (.nothing, _): run.finish(file.path, .restored, byteCount: byteCount)
        case (.file, true): run.finish(file.path, .updated, byteCount: byteCount)
        case (.file, false): run.finish(file.path, .unchanged, byteCount: byteCount)
        }
    }

    /// Reports a file's first failure; it stays in the target without its metadata.
    func giveUp(_ file: PlannedFile, _ error: any Error) {
        let isFirst = file.state.withLock { state in
            state.progress = .closed
            guard state.failure == nil else { return false }
            state.failure = error
            return true
        }
        if isFirst { run.fail(file.path, error) }
    }
}

/// Runs `body` for each element, at most `limit` at once; the first error ends the rest.
func forEach<Element: Sendable>(
    _ elements: [Element],
    limit: Int,
    _ body: @escaping @Sendable (Element) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        var running = 0
        for element in elements {
            if running == limit {
                try await group.next()
                running -= 1
            }
            group.addTask { try await body(element) }
            running += 1
        }
        try await group.waitForAll()
    }
}
