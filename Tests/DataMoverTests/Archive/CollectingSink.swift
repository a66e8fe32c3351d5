// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ByteTransforms
import DataMover
import RepositoryEngine
import ResticFormat
import Synchronization

/// Keeps every blob in memory, counts what was asked of it, and can fail on demand.
final class CollectingSink: ArchiveSink {
    struct Failure: Error {}

    private struct State {
        var data: [BlobID: [UInt8]] = [:]
        var trees: [BlobID: [UInt8]] = [:]
        var saveCount = 0
        var savedByteCount = 0
    }

    private let state = Mutex(State())
    private let failsAfter: Int
    private let capacity: AsyncSemaphore?
    private let onSave: @Sendable (BlobKind) -> Void

    init(
        failsAfter: Int = .max,
        capacity: AsyncSemaphore? = nil,
        onSave: @escaping @Sendable (BlobKind) -> Void = { _ in }
    ) {
        self.failsAfter = failsAfter
        self.capacity = capacity
        self.onSave = onSave
    }

    func save(_ kind: BlobKind, _ plaintext: Span<UInt8>, id: BlobID?) throws -> ArchivedBlob {
        onSave(kind)
        let id = id ?? BlobID(SHA256.digest(plaintext))
        let bytes = plaintext.indices.map { plaintext[$0] }
        return try state.withLock { state in
            state.saveCount += 1
            state.savedByteCount += bytes.count
            if state.saveCount > failsAfter { throw Failure() }
            switch kind {
            case .data:
                let isNew = state.data.updateValue(bytes, forKey: id) == nil
                return ArchivedBlob(id: id, isNew: isNew, storedByteCount: isNew ? bytes.count + 32 : 0)
            case .tree:
                let isNew = state.trees.updateValue(bytes, forKey: id) == nil
                return ArchivedBlob(id: id, isNew: isNew, storedByteCount: isNew ? bytes.count + 32 : 0)
            }
        }
    }

    func contains(_ kind: BlobKind, _ id: BlobID) -> Bool {
        state.withLock { kind == .data ? $0.data[id] != nil : $0.trees[id] != nil }
    }

    func waitForCapacity() async throws {
        try Task.checkCancellation()
        try await capacity?.withPermit {}
    }

    var saveCount: Int { state.withLock { $0.saveCount } }
    var savedByteCount: Int { state.withLock { $0.savedByteCount } }

    func forget(_ id: BlobID) { state.withLock { $0.data[id] = nil } }

    func parent(_ root: BlobID) -> ParentTree {
        ParentTree(root: root) { try TreeReader(self.treeText($0)) }
    }

    func treeText(_ id: BlobID) throws -> [UInt8] {
        guard let text = state.withLock({ $0.trees[id] }) else { throw Failure() }
        return text
    }

    func nodes(_ tree: BlobID) throws -> [Node] {
        guard let text = state.withLock({ $0.trees[tree] }) else { throw Failure() }
        return try TreeDecoder.nodes(of: text)
    }

    /// The node at a path below a tree.
    func node(_ path: String, in tree: BlobID) throws -> Node {
        var tree = tree
        var found: Node?
        for name in path.split(separator: "/") {
            found = try nodes(tree).first { $0.name == Array(name.utf8) }
            guard let found else { throw Failure() }
            tree = found.subtree ?? tree
        }
        guard let found else { throw Failure() }
        return found
    }

    /// The content of a file node.
    func content(of node: Node) throws -> [UInt8] {
        try state.withLock { state in
            try (node.content ?? []).flatMap { id throws in
                guard let bytes = state.data[id] else { throw Failure() }
                return bytes
            }
        }
    }
}
