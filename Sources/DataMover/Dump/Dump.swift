// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
package import ResticFormat

/// What a dumped directory becomes.
package enum DumpFormat: String, Sendable, CaseIterable {
    /// PAX records, extended attributes and ACLs included.
    case tar
    case zip
}

/// An archive that could not be written.
package struct DumpError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Writes files and directories of a snapshot to a stream instead of a file system.
///
/// Every byte is verified before it is handed on. Memory: one chunk and one directory chain. The first failure ends the dump,
/// since a reader of the stream could not tell what is missing.
package struct Dump {
    private let source: any RestoreSource
    private let output: ([UInt8]) async throws -> Void

    /// - Parameter output: Takes the bytes in order; what it throws ends the dump.
    package init(source: any RestoreSource, output: @escaping ([UInt8]) async throws -> Void) {
        self.source = source
        self.output = output
    }

    /// Writes the content of one file.
    package func file(_ node: Node) async throws {
        for id in node.content ?? [] {
            try Task.checkCancellation()
            let bytes = try await source.chunk(id)
            try await output(bytes)
        }
    }

    /// Writes everything beneath `tree` as an archive.
    ///
    /// - Parameter path: Where the tree stands in the snapshot, without slashes at either end; names in the archive start with it.
    package func directory(_ tree: BlobID, path: [UInt8], format: DumpFormat) async throws {
        let archive = try ArchiveStream(format: format)
        try await entries(of: tree, path: path, to: archive)
        try archive.close()
        try await flush(archive)
    }

    private func entries(of tree: BlobID, path: [UInt8], to archive: ArchiveStream) async throws {
        let text = try await source.tree(tree)
        var decoder = try TreeDecoder(text)
        while let node = try decoder.next() {
            try Task.checkCancellation()
            try NodeName.checkForRestore(node.name.span)
            let name = path.isEmpty ? node.name : path + [UInt8(ascii: "/")] + node.name
            switch node.kind {
            case .socket, .irregular, .unknown: continue
            case .directory:
                try archive.begin(node, path: name + [UInt8(ascii: "/")], byteCount: 0)
                guard let subtree = node.subtree else { throw damaged(node) }
                try await entries(of: subtree, path: name, to: archive)
            case .file:
                try await file(node, name: name, to: archive)
            case .symlink, .fifo, .blockDevice, .characterDevice:
                try archive.begin(node, path: name, byteCount: 0)
            }
        }
        try await flush(archive)
    }

    private func file(_ node: Node, name: [UInt8], to archive: ArchiveStream) async throws {
        guard let content = node.content else { throw damaged(node) }
        var byteCount = 0
        for id in content {
            guard let stored = source.location(of: id) else { throw missing(id, of: node) }
            byteCount += stored.blob.plaintextByteCount
        }
        try archive.begin(node, path: name, byteCount: byteCount)
        for id in content {
            try Task.checkCancellation()
            let bytes = try await source.chunk(id)
            try archive.append(bytes.span)
            try await flush(archive)
        }
    }

    private func flush(_ archive: ArchiveStream) async throws {
        let bytes = archive.takeOutput()
        if !bytes.isEmpty { try await output(bytes) }
    }

    private func missing(_ id: BlobID, of node: Node) -> FormatError {
        FormatError(.malformed, "blob \(id) of \(NodeName.display(node.name.span)) is in no index; run 'repair index'")
    }

    private func damaged(_ node: Node) -> FormatError {
        FormatError(.malformed, "\(NodeName.display(node.name.span)) has no content in its tree; run check")
    }
}
