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
    /// Memory holds one tree per level, and the digests of up to 65,536 subtrees, so that a tree in many places is read once.
    ///
    /// - Parameters:
    ///   - tree: Root tree of a volume's snapshot, or the tree of the directory that was the volume.
    ///   - readTree: The text of a tree.
    /// - Throws: What `readTree` throws, ``FormatError`` for a damaged tree, `CancellationError`.
    package static func compute(
        ofTree tree: BlobID,
        readTree: @Sendable (BlobID) async throws -> [UInt8]
    ) async throws -> VolumeDigest {
        var known: [BlobID: Digest256] = [:]
        var levels = [try TreeLevel(tree, text: try await readTree(tree))]
        // Of the subtree that the topmost level asked for last.
        var answer: Digest256?
        while var level = levels.popLast() {
            try Task.checkCancellation()
            if let digest = answer { level.receive(digest) }
            switch try level.advance() {
            case .finished(let digest):
                if known.count >= Self.knownTreeLimit { known.removeAll(keepingCapacity: true) }
                known[level.tree] = digest
                answer = digest
            case .needs(let subtree):
                levels.append(level)
                answer = known[subtree]
                if answer == nil { levels.append(try TreeLevel(subtree, text: try await readTree(subtree))) }
            }
        }
        return VolumeDigest(rootDirectory: answer ?? DirectoryAssembly.emptyDigest)
    }

    private static let knownTreeLimit = 1 << 16

    /// A directory of which part is hashed.
    private struct TreeLevel {
        enum Step {
            case needs(BlobID)
            case finished(Digest256)
        }

        let tree: BlobID
        private var decoder: TreeDecoder
        private let hasher = DirectoryHasher()
        /// A subdirectory whose own digest is not known yet.
        private var waiting: Node?

        // Not inlined, and throwing untyped: Swift 6.3.1 crashes optimising an async function around a typed throw.
        @inline(never)
        init(_ tree: BlobID, text: [UInt8]) throws {
            self.tree = tree
            decoder = try TreeDecoder(text)
        }

        /// Hashes entries up to the next subdirectory or the end.
        @inline(never)
        mutating func advance() throws -> Step {
            while let node = try decoder.next() {
                guard node.kind == .directory else {
                    append(node, subdirectory: nil)
                    continue
                }
                guard let subtree = node.subtree else {
                    throw FormatError(.malformed, "a directory node of tree \(tree) names no subtree")
                }
                waiting = node
                return .needs(subtree)
            }
            return .finished(hasher.finish())
        }

        /// Takes the digest of the subdirectory asked for.
        mutating func receive(_ digest: Digest256) {
            guard let node = waiting else { return }
            waiting = nil
            append(node, subdirectory: digest)
        }

        private func append(_ node: Node, subdirectory: Digest256?) {
            var record: [UInt8] = []
            appendRecord(of: node, subdirectory: subdirectory, to: &record)
            hasher.append(record)
        }
    }
}
