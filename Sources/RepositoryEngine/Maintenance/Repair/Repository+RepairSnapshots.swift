// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// Something cut out of a snapshot because it is missing or damaged.
package struct SnapshotDamage: Sendable {
    /// Absolute path within the snapshot.
    package var path: [UInt8]
    package var message: String
}

/// What became of a snapshot that was repaired.
package enum SnapshotRepair: Sendable {
    case unchanged
    /// The root tree itself cannot be read: there is nothing to make a replacement of.
    case rootUnreadable(any Error)
    /// The replacement's root tree.
    case repaired(BlobID, [SnapshotDamage])
}

extension Repository {
    /// Makes a tree without what is missing or damaged beneath `tree`, and stores it through `writer`.
    ///
    /// A file loses the chunks that are in no index and becomes shorter; a directory whose tree cannot be read becomes empty; nodes of
    /// unknown kinds go. The index must be loaded. Without a writer nothing is stored, only found out.
    ///
    /// - Parameter onTree: Told of each tree that was looked at.
    package func repairTree(
        _ tree: BlobID,
        writer: BlobWriter?,
        onTree: @escaping @Sendable () -> Void = {}
    ) async throws -> SnapshotRepair {
        let text: [UInt8]
        do {
            text = try await readBlob(.tree, tree)
        } catch let error as CancellationError {
            throw error
        } catch {
            return .rootUnreadable(error)
        }
        var repair = TreeRepair(repository: self, writer: writer, onTree: onTree)
        let repaired: BlobID
        do {
            repaired = try await repair.repair(text, id: tree, path: [])
        } catch let error as FormatError {
            return .rootUnreadable(error)
        }
        return repair.damage.isEmpty && repaired == tree ? .unchanged : .repaired(repaired, repair.damage)
    }
}

/// Walks one snapshot's trees, children first, and stores what had to change.
private struct TreeRepair {
    let repository: Repository
    let writer: BlobWriter?
    let onTree: @Sendable () -> Void
    var damage: [SnapshotDamage] = []
    private var done: [BlobID: BlobID] = [:]

    init(repository: Repository, writer: BlobWriter?, onTree: @escaping @Sendable () -> Void) {
        self.repository = repository
        self.writer = writer
        self.onTree = onTree
    }

    /// - Throws: `FormatError` for a tree that cannot be decoded, or what ends the repair.
    mutating func repair(_ text: [UInt8], id: BlobID, path: [UInt8]) async throws -> BlobID {
        if let known = done[id] { return known }
        onTree()
        var encoder = TreeEncoder()
        var isChanged = false
        var decoder = try TreeDecoder(text)
        while let node = try decoder.next() {
            try Task.checkCancellation()
            guard let kept = try await repair(node, path: path + [UInt8(ascii: "/")] + node.name) else {
                isChanged = true
                continue
            }
            if kept != node { isChanged = true }
            try encoder.append(kept)
        }
        guard isChanged else {
            done[id] = id
            return id
        }
        let saved = try store(encoder.finish())
        try await writer?.waitForCapacity()
        done[id] = saved
        return saved
    }

    private mutating func repair(_ node: Node, path: [UInt8]) async throws -> Node? {
        var node = node
        switch node.kind {
        case .irregular, .unknown:
            damage.append(SnapshotDamage(path: path, message: "removed: its type is not known"))
            return nil
        case .file:
            let content = node.content ?? []
            var byteCount = 0
            let kept = content.filter { id in
                guard let length = repository.index.plaintextByteCount(of: .data, id) else { return false }
                byteCount += length
                return true
            }
            if node.content == nil || kept.count < content.count {
                damage.append(
                    SnapshotDamage(
                        path: path,
                        message: "removed \(content.count - kept.count) of \(content.count) chunks that are missing"
                    )
                )
                node.size = UInt64(byteCount)
            } else if node.size != UInt64(byteCount) {
                damage.append(SnapshotDamage(path: path, message: "size corrected to that of its chunks"))
                node.size = UInt64(byteCount)
            }
            node.content = kept
        case .directory:
            node.subtree = try await repairSubtree(node.subtree, path: path)
        case .symlink, .blockDevice, .characterDevice, .fifo, .socket: break
        }
        return node
    }

    private mutating func repairSubtree(_ subtree: BlobID?, path: [UInt8]) async throws -> BlobID {
        guard let subtree else {
            damage.append(SnapshotDamage(path: path, message: "emptied: the directory has no tree"))
            return try emptyTree()
        }
        do {
            return try await repair(try await repository.readBlob(.tree, subtree), id: subtree, path: path)
        } catch let error as CancellationError {
            throw error
        } catch let error as RepositoryError where error.code == .missingBlob || error.code == .corrupt {
            damage.append(SnapshotDamage(path: path, message: "emptied: its tree is missing or damaged"))
        } catch is FormatError {
            damage.append(SnapshotDamage(path: path, message: "emptied: its tree cannot be decoded"))
        }
        let empty = try emptyTree()
        done[subtree] = empty
        return empty
    }

    private func emptyTree() throws -> BlobID {
        let encoder = TreeEncoder()
        return try store(encoder.finish())
    }

    private func store(_ text: [UInt8]) throws -> BlobID {
        if let writer { return try writer.save(.tree, text).id }
        return try repository.codecs.withCodec { $0.id(of: text.span) }
    }
}
