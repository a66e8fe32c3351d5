// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import VolumeIO

extension ArchiveRun {
    /// Opens a file and, if it is small, stores it at once: open, fstat, read, fstat, attributes, close.
    func readFile(
        _ request: EntryRequest,
        in context: EntryContext
    ) throws -> EntryOutcome {
        let file = try context.directory.directory.openFile(request.name)
        var metadata = try file.metadata()
        guard metadata.kind == .regular else {
            let path = context.sourcePath(of: request.name)
            let text = String(decoding: path, as: UTF8.self)
            report(.error, path, "\(text) was replaced by something that is not a regular file; run again")
            return .omitted
        }
        if isForeign(metadata) || isTooLarge(metadata) { return .omitted }
        guard metadata.byteCount <= ChunkingRules.minimumByteCount else { return .large(file, metadata) }
        var buffer = takeBuffer()
        defer { giveBack(buffer) }
        var attempt = 0
        while true {
            buffer.removeAll(keepingCapacity: true)
            let count = try file.readWhole(into: &buffer, expectedByteCount: metadata.byteCount)
            options.didReadFile?(context.sourcePath(of: request.name))
            let after = try file.metadata()
            if after.hasSameContentState(as: metadata) {
                // Files that do not tell their length, as in /proc, are read until they end.
                guard count <= metadata.byteCount else { return .large(file, metadata) }
                break
            }
            guard attempt == 0 else {
                reportChanging(context.sourcePath(of: request.name))
                break
            }
            attempt += 1
            metadata = after
            guard metadata.byteCount <= ChunkingRules.minimumByteCount else { return .large(file, metadata) }
        }
        let (attributes, failure) = file.extendedAttributes()
        if let failure { reportAttributes(failure, context.sourcePath(of: request.name)) }
        var node = makeNode(name: request.nodeName, kind: .file, metadata: metadata, attributes: attributes)
        node.size = UInt64(buffer.count)
        var added = AddedBytes()
        if !buffer.isEmpty {
            let blob = try save(.data, buffer.span)
            added.add(blob, byteCount: buffer.count)
            node.content = [blob.id]
            progress.add(buffer.count, to: progress.bytesDone)
        }
        finish(node, parent: request.parent, path: context.snapshotPath(of: request), added: added)
        return .node(node)
    }

    /// Stores a file whose content is read in segments.
    func archiveLargeFile(
        _ shared: SharedFile,
        _ metadata: FileMetadata,
        _ request: EntryRequest,
        in context: EntryContext
    ) async throws -> ArchivedEntry {
        let path = context.sourcePath(of: request.name)
        progress.begin(path)
        defer { progress.end(path) }
        var metadata = metadata
        var content = try await readChunks(of: shared, metadata)
        options.didReadFile?(path)
        var after = try shared.file.metadata()
        if !after.hasSameContentState(as: metadata), metadata.byteCount <= options.maximumRereadByteCount {
            metadata = after
            progress.add(-content.byteCount, to: progress.bytesDone)
            content = try await readChunks(of: shared, metadata)
            options.didReadFile?(path)
            after = try shared.file.metadata()
        }
        if !after.hasSameContentState(as: metadata) { reportChanging(path) }
        let (attributes, failure) = shared.file.extendedAttributes()
        if let failure { reportAttributes(failure, path) }
        var node = makeNode(name: request.nodeName, kind: .file, metadata: metadata, attributes: attributes)
        node.size = UInt64(content.byteCount)
        node.content = content.ids
        finish(node, parent: request.parent, path: context.snapshotPath(of: request), added: content.added)
        return ArchivedEntry(node: node, digest: nil)
    }

    /// A file kept changing: what was read is stored, and may mix old and new parts.
    ///
    /// A warning, not an error: the entry is there, and a database that is always being written must not fail every backup of its volume.
    private func reportChanging(_ path: [UInt8]) {
        let text = String(decoding: path, as: UTF8.self)
        report(
            .warning,
            path,
            "\(text) changed while it was being read; what is stored may mix old and new parts, so pause its writer during backups"
        )
    }

    private func readChunks(of shared: SharedFile, _ metadata: FileMetadata) async throws -> FileContent {
        let isParallel =
            switch options.chunkSearch {
            case .automatic: options.workerCount >= 4 && metadata.byteCount >= 4 * SegmentPool.segmentByteCount
            case .sequential: false
            case .parallel: true
            }
        shared.file.adviseSequentialReading()
        if isParallel, !metadata.mayHaveHoles { return try await readChunksInParallel(of: shared) }
        return try await readChunks(from: FileSource(shared, metadata))
    }
}
