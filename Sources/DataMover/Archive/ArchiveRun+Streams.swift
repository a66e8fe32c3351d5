// SPDX-License-Identifier: Apache-2.0

import ResticFormat

/// Reads pieces from a closure.
private struct StreamSource: ChunkSource {
    let read: @Sendable (_ limit: Int) async throws -> [UInt8]?

    var expectedByteCount: Int { SegmentPool.segmentByteCount }

    mutating func next(into buffer: inout [UInt8], limit: Int) async throws -> ChunkSourceStep {
        var remaining = limit
        while remaining > 0 {
            guard let piece = try await read(remaining) else { return .bytes(isEnd: true) }
            buffer.append(contentsOf: piece)
            remaining -= piece.count
        }
        return .bytes(isEnd: false)
    }
}

extension ArchiveRun {
    /// Archives a stream as one file, with synthetic directories for the components before its name.
    func archiveStream(
        path: [UInt8],
        time: Timestamp,
        _ read: @escaping @Sendable (_ limit: Int) async throws -> [UInt8]?
    ) async throws -> ArchiveResult {
        var components = SourcePath.split(SourcePath.cleaned(path)).components
        let name = components.popLast() ?? Array("stdin".utf8)
        let content = try await readChunks(from: StreamSource(read: read))
        var node = Node(name: name, kind: .file, mode: NodeMode(posix: 0o100644), modificationTime: time)
        node.size = UInt64(content.byteCount)
        node.content = content.ids
        finish(node, parent: nil, path: path, added: content.added)
        var tree = try saveTree(of: ArchivedEntry(node: node, digest: nil))
        for component in components.reversed() {
            var directory = Node(
                name: component,
                kind: .directory,
                mode: NodeMode(posix: 0o040755),
                modificationTime: time
            )
            directory.subtree = tree.id
            finish(directory, parent: nil, path: component, added: tree.added)
            tree = try saveTree(of: ArchivedEntry(node: directory, digest: tree.digest))
        }
        return ArchiveResult(tree, volumeRoot: nil)
    }

    private func saveTree(of entry: ArchivedEntry) throws -> ArchivedTree {
        let assembly = makeAssembly()
        var entries = EncodedEntries()
        try append(entry, to: &entries)
        try assembly.complete(0, entries)
        return try saveTree(assembledBy: assembly)
    }
}
