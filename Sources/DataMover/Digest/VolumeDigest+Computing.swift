// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
package import ResticFormat

extension VolumeDigest {
    /// Computes the digest of a directory on disk, reading every file.
    ///
    /// - Parameters:
    ///   - path: Absolute path of the directory.
    ///   - polynomial: That of the repository the digest is compared with; another one gives another digest.
    ///   - observer: Told of entries that cannot be read; the digest then tells of less than the directory holds.
    /// - Throws: ``FileSystemError`` when the directory itself cannot be read, `CancellationError`.
    package static func compute(
        ofDirectory path: [UInt8],
        polynomial: Polynomial,
        options: ArchiveOptions = ArchiveOptions(),
        observer: ArchiveObserver = ArchiveObserver(),
        progress: ArchiveProgress = ArchiveProgress()
    ) async throws -> VolumeDigest {
        var options = options
        options.computesDigest = true
        let archiver = Archiver(
            sink: HashingSink(),
            polynomial: polynomial,
            options: options,
            observer: observer,
            progress: progress
        )
        let result = try await archiver.archive([Array(".".utf8)], workingDirectory: path)
        return result.digest ?? VolumeDigest(rootDirectory: DirectoryAssembly.emptyDigest)
    }

    /// Computes the digest of what a tree of a repository describes; reads trees only, no content.
    ///
    /// - Parameters:
    ///   - tree: Root tree of a volume's snapshot, or the tree of the directory that was the volume.
    ///   - readTree: The text of a tree.
    /// - Throws: What `readTree` throws, and ``FormatError`` for a damaged tree.
    package static func compute(
        ofTree tree: BlobID,
        readTree: @Sendable (BlobID) async throws -> [UInt8]
    ) async throws -> VolumeDigest {
        VolumeDigest(rootDirectory: try await directoryDigest(of: tree, readTree))
    }

    private static func directoryDigest(
        of tree: BlobID,
        _ readTree: @Sendable (BlobID) async throws -> [UInt8]
    ) async throws -> Digest256 {
        try Task.checkCancellation()
        var decoder = try TreeDecoder(try await readTree(tree))
        let hasher = DirectoryHasher()
        var records: [UInt8] = []
        while let node = try decoder.next() {
            var subdirectory: Digest256?
            if node.kind == .directory {
                guard let subtree = node.subtree else {
                    throw FormatError(.malformed, "a directory node of tree \(tree) names no subtree")
                }
                subdirectory = try await directoryDigest(of: subtree, readTree)
            }
            records.removeAll(keepingCapacity: true)
            appendRecord(of: node, subdirectory: subdirectory, to: &records)
            hasher.append(records)
        }
        return hasher.finish()
    }
}
