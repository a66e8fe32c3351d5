// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import DataMover
import Foundation
import RepositoryEngine
import ResticFormat
import Synchronization
import VolumeIO

/// Trees and chunks in memory, some of which may be lost.
final class ScriptedSource: RestoreSource {
    private struct State {
        var trees: [BlobID: [UInt8]] = [:]
        var chunks: [BlobID: [UInt8]] = [:]
        var lost: Set<BlobID> = []
    }

    struct Lost: Error, CustomStringConvertible {
        var id: BlobID
        var description: String { "blob \(id) is lost" }
    }

    private let state = Mutex(State())
    private let pack = PackID(SHA256.digest([1].span))

    func add(chunk: [UInt8]) -> BlobID {
        let id = BlobID(SHA256.digest(chunk.span))
        state.withLock { $0.chunks[id] = chunk }
        return id
    }

    /// Adds a tree; the nodes are put in order.
    func add(tree nodes: [Node]) throws -> BlobID {
        var encoder = TreeEncoder()
        for node in nodes.sorted(by: { NodeName.isOrdered($0.name, before: $1.name) }) { try encoder.append(node) }
        let text = encoder.finish()
        let id = BlobID(SHA256.digest(text.span))
        state.withLock { $0.trees[id] = text }
        return id
    }

    func lose(_ id: BlobID) {
        state.withLock { _ = $0.lost.insert(id) }
    }

    func tree(_ id: BlobID) async throws -> [UInt8] {
        try state.withLock { state in
            guard !state.lost.contains(id), let text = state.trees[id] else { throw Lost(id: id) }
            return text
        }
    }

    func chunk(_ id: BlobID) async throws -> [UInt8] { try find(id) }

    private func find(_ id: BlobID) throws -> [UInt8] {
        try state.withLock { state in
            guard !state.lost.contains(id), let chunk = state.chunks[id] else { throw Lost(id: id) }
            return chunk
        }
    }

    func location(of chunk: BlobID) -> PackedBlob? {
        guard let bytes = state.withLock({ $0.chunks[chunk] }) else { return nil }
        // Offsets only have to differ.
        let offset = chunk.digest.bytes.prefix(3).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let entry = PackEntry(
            kind: .data,
            id: chunk,
            offset: offset,
            storedLength: UInt32(bytes.count) + 32,
            uncompressedLength: UInt32(bytes.count)
        )
        return PackedBlob(pack: pack, blob: entry, ordinal: 0)
    }

    func readChunks(
        _ chunks: [PackedBlob],
        deliver: @escaping @Sendable (Int, Span<UInt8>) -> Void,
        fail: @escaping @Sendable (Int, any Error) -> Void
    ) async throws {
        for (index, stored) in chunks.enumerated() {
            do {
                // Swift 6.3.1 crashes on a span of what an await returns.
                let content = try find(stored.blob.id)
                deliver(index, content.span)
            } catch {
                fail(index, error)
            }
        }
    }
}

extension ScriptedSource {
    static let time = Timestamp(seconds: 1_600_000_000, nanoseconds: 123_456_789)

    func node(_ name: String, _ kind: NodeKind, _ mode: UInt32) -> Node {
        var node = Node(name: bytes(name), kind: kind, mode: NodeMode(posix: mode), modificationTime: Self.time)
        (node.userID, node.groupID) = (UInt32(getuid()), UInt32(getgid()))
        return node
    }

    func file(_ name: String, _ chunks: [UInt8]..., mode: UInt32 = 0o640) -> Node {
        var node = self.node(name, .file, 0o100000 | mode)
        node.content = chunks.map { add(chunk: $0) }
        node.size = UInt64(chunks.reduce(0) { $0 + $1.count })
        node.links = 1
        return node
    }

    func directory(_ name: String, _ nodes: Node..., mode: UInt32 = 0o750) throws -> Node {
        var node = self.node(name, .directory, 0o040000 | mode)
        node.subtree = try add(tree: nodes)
        return node
    }

    func link(_ name: String, to target: String) -> Node {
        var node = self.node(name, .symlink, 0o120777)
        node.linkTarget = bytes(target)
        node.links = 1
        return node
    }
}

/// What a restore reported.
struct RestoreOutcome {
    var failures: [ItemFailure]
    var actions: [String: RestoredItem.Action]
    var counts: RestoreProgress.Counts

    var failedPaths: [String] { failures.map { String(decoding: $0.path, as: UTF8.self) }.sorted() }
}

/// Restores `nodes` into the directory at `path`.
func restore(
    _ nodes: [Node],
    from source: ScriptedSource,
    to path: String,
    isNew: Bool = false,
    _ change: (inout RestoreOptions) -> Void = { _ in }
) async throws -> RestoreOutcome {
    var options = RestoreOptions()
    change(&options)
    let failures = Mutex<[ItemFailure]>([])
    let actions = Mutex<[String: RestoredItem.Action]>([:])
    let progress = RestoreProgress()
    let observer = RestoreObserver(
        itemFailed: { failure in failures.withLock { $0.append(failure) } },
        itemDone: { item in actions.withLock { $0[String(decoding: item.path, as: UTF8.self)] = item.action } }
    )
    try await Restorer(source: source, options: options, isPrivileged: isRoot).restore(
        source.add(tree: nodes),
        into: SharedDirectory(OpenDirectory.open(path: path)),
        rootIsNew: isNew,
        volumeRoot: nil,
        progress: progress,
        observer: observer
    )
    return RestoreOutcome(
        failures: failures.withLock { $0 },
        actions: actions.withLock { $0 },
        counts: progress.counts
    )
}
