// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

/// Finds what differs between two trees, with restic's letters: `+` and `-` for what only one has, `M` for other content, `T` for
/// another kind, `U` for other metadata, `?` behind `M` for content that differs although nothing else does.
///
/// Memory: one tree of each side per level, and 33 bytes for each blob met.
struct SnapshotComparison {
    /// What one side has and the other has not.
    struct Counts: Hashable, Sendable {
        var files = 0
        var directories = 0
        var others = 0
        var dataBlobs = 0
        var treeBlobs = 0
        /// Bytes of the blobs' plaintexts.
        var byteCount = 0
    }

    private struct Blob: Hashable {
        var kind: BlobKind
        var id: BlobID
    }

    private let repository: Repository
    private let comparesMetadata: Bool
    private let report: (_ change: String, _ path: String) throws -> Void
    private var before: Set<Blob> = []
    private var after: Set<Blob> = []
    /// Blobs of directories both sides have.
    private var common: Set<Blob> = []
    private(set) var added = Counts()
    private(set) var removed = Counts()
    private(set) var changedFileCount = 0

    init(
        _ repository: Repository,
        comparesMetadata: Bool,
        report: @escaping (_ change: String, _ path: String) throws -> Void
    ) {
        self.repository = repository
        self.comparesMetadata = comparesMetadata
        self.report = report
    }

    /// Compares two directories, reports every difference, and counts.
    mutating func run(_ first: BlobID, _ second: BlobID) async throws {
        guard first != second else { return }
        before.insert(Blob(kind: .tree, id: first))
        after.insert(Blob(kind: .tree, id: second))
        try await compare(first, second, at: "/")
        try Self.count(before.subtracting(after).subtracting(common), repository.index, in: &removed)
        try Self.count(after.subtracting(before).subtracting(common), repository.index, in: &added)
    }

    private static func count(_ blobs: Set<Blob>, _ index: MasterIndex, in counts: inout Counts) throws {
        for blob in blobs {
            switch blob.kind {
            case .data: counts.dataBlobs += 1
            case .tree: counts.treeBlobs += 1
            }
            guard let byteCount = index.plaintextByteCount(of: blob.kind, blob.id) else {
                throw CommandFailure("\(blob.kind.name) blob \(blob.id) is in no index; run check")
            }
            counts.byteCount += byteCount
        }
    }

    /// Steps through both trees, whose names ascend.
    private mutating func compare(_ first: BlobID, _ second: BlobID, at prefix: String) async throws {
        var old = try NodeStream(try await repository.readTreeText(first))
        var new = try NodeStream(try await repository.readTreeText(second))
        var (left, right) = (try old.next(), try new.next())
        while left != nil || right != nil {
            try Task.checkCancellation()
            switch (left, right) {
            case (let one?, let other?) where one.name == other.name:
                try await compare(one, other, at: prefix)
                (left, right) = (try old.next(), try new.next())
            case (let one?, let other) where other.map { NodeName.isOrdered(one.name, before: $0.name) } ?? true:
                before.formUnion(Self.blobs(of: one))
                try await list(one, "-", at: prefix)
                left = try old.next()
            case (_, let other?):
                after.formUnion(Self.blobs(of: other))
                try await list(other, "+", at: prefix)
                right = try new.next()
            default: return
            }
        }
    }

    private mutating func compare(_ one: Node, _ other: Node, at prefix: String) async throws {
        before.formUnion(Self.blobs(of: one))
        after.formUnion(Self.blobs(of: other))
        let path = prefix + String(decoding: one.name, as: UTF8.self) + (other.kind == .directory ? "/" : "")
        var change = one.kind == other.kind ? "" : "T"
        if one.kind == .file, other.kind == .file, one.content != other.content {
            change += "M"
            changedFileCount += 1
            var (same, alike) = (one, other)
            same.content = nil
            alike.content = nil
            if same == alike { change += "?" }
        } else if comparesMetadata, one != other {
            change += "U"
        }
        if !change.isEmpty { try report(change, path) }
        if let first = one.subtree, let second = other.subtree {
            if first == second {
                try await collect(first)
            } else {
                try await compare(first, second, at: path)
            }
        }
    }

    /// Reports an entry only one side has, with everything in it.
    private mutating func list(_ node: Node, _ sign: String, at prefix: String) async throws {
        let path = prefix + String(decoding: node.name, as: UTF8.self) + (node.kind == .directory ? "/" : "")
        try report(sign, path)
        if sign == "+" { Self.add(node, to: &added) } else { Self.add(node, to: &removed) }
        guard let subtree = node.subtree else { return }
        var decoder = try NodeStream(try await repository.readTreeText(subtree))
        while let child = try decoder.next() {
            try Task.checkCancellation()
            if sign == "+" { after.formUnion(Self.blobs(of: child)) } else { before.formUnion(Self.blobs(of: child)) }
            try await list(child, sign, at: path)
        }
    }

    /// Takes in the blobs of a directory both sides have.
    private mutating func collect(_ tree: BlobID) async throws {
        guard common.insert(Blob(kind: .tree, id: tree)).inserted else { return }
        var decoder = try NodeStream(try await repository.readTreeText(tree))
        while let node = try decoder.next() {
            try Task.checkCancellation()
            if let subtree = node.subtree {
                try await collect(subtree)
            } else {
                common.formUnion(Self.blobs(of: node))
            }
        }
    }

    private static func add(_ node: Node, to counts: inout Counts) {
        switch node.kind {
        case .file: counts.files += 1
        case .directory: counts.directories += 1
        default: counts.others += 1
        }
    }

    private static func blobs(of node: Node) -> [Blob] {
        if let subtree = node.subtree { return [Blob(kind: .tree, id: subtree)] }
        return (node.content ?? []).map { Blob(kind: .data, id: $0) }
    }
}
