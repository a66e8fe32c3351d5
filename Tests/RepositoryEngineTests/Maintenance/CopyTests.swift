// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat
import Synchronization
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("Copying snapshots") struct CopyTests {
    /// Repositories of two keys, the first with some snapshots that share a directory; each has one file of its own.
    private struct Pair {
        let sourceStorage = MemoryStorage()
        let destinationStorage = MemoryStorage()
        let source: Repository
        let destination: Repository
        var snapshots: [StoredSnapshot] = []

        init(snapshotCount: Int) async throws {
            source = try await Repository.initialize(on: sourceStorage, password: testPassword, options: .testing())
            destination = try await Repository.initialize(
                on: destinationStorage,
                password: testPassword,
                options: .testing()
            )
            for number in 0..<snapshotCount {
                let tree = try await source.withBlobWriter { writer in
                    var generator = SplitMixGenerator(seed: 1)
                    let content = try writer.save(.data, generator.bytes(50_000)).id
                    var inner = TreeEncoder()
                    try inner.append(.file("shared", size: 50_000, content: [content]))
                    let own = try writer.save(.data, Array("file \(number)".utf8)).id
                    var root = TreeEncoder()
                    try root.append(.directory("dir", tree: try writer.save(.tree, inner.finish()).id))
                    try root.append(.file("own", size: 6, content: [own]))
                    return try writer.save(.tree, root.finish()).id
                }
                var snapshot = Snapshot(time: Timestamp(seconds: Int64(1000 + number)), tree: tree, paths: ["/data"])
                snapshot.hostname = "h"
                snapshots.append(StoredSnapshot(id: try await source.saveSnapshot(snapshot), snapshot: snapshot))
            }
        }

        func copy(_ steps: @escaping @Sendable (CopyStep) -> Void = { _ in }) async throws -> CopyTotals {
            let existing = try await destination.loadSnapshots()
            let (source, destination, snapshots) = (source, destination, snapshots)
            return try await destination.withLock(.shared) { held in
                try await source.copy(snapshots, to: destination, existing: existing, holding: held, onStep: steps)
            }
        }

        /// Reads everything the destination's snapshots need.
        func readDestination() async throws -> Int {
            let fresh = try await Repository.open(on: destinationStorage, password: testPassword)
            let snapshots = try await fresh.loadSnapshots()
            try await fresh.loadIndex()
            let used = try await fresh.usedBlobs(of: snapshots.map(\.snapshot.tree))
            #expect(used.missingCount == 0)
            return snapshots.count
        }
    }

    @Test func `trees that snapshots share are walked once, and all data shares packs and an index file`() async throws
    {
        let pair = try await Pair(snapshotCount: 8)
        let walked = Mutex(0)
        let totals = try await pair.copy { step in
            if case .walkedTree = step { walked.withLock { $0 += 1 } }
        }
        #expect(walked.withLock { $0 } == 9 && totals.treeCount == 9)
        #expect(totals.savedSnapshotCount == 8 && totals.newBlobCount == 18)
        #expect(try await pair.readDestination() == 8)
        #expect(try await pair.destinationStorage.listAll(prefix: "index/").count == 1)
        #expect(try await pair.destinationStorage.listAll(prefix: "data/").count == 2)
        let again = try await pair.copy()
        #expect(again.savedSnapshotCount == 0 && again.skippedSnapshotCount == 8 && again.treeCount == 0)
    }

    @Test func `blobs that lie in several packs are copied`() async throws {
        let pair = try await Pair(snapshotCount: 2)
        // A second copy of everything, in packs of its own, listed by another index file.
        try await pair.source.withBlobWriter { writer in
            for kind in BlobKind.allCases {
                var blobs: [BlobID] = []
                pair.source.index.forEachBlob(kind) { blobs.append($0.blob.id) }
                for id in blobs {
                    _ = try writer.save(kind, try await pair.source.readBlob(kind, id), id: id, storesKnown: true)
                }
            }
        }
        let totals = try await pair.copy()
        #expect(totals.savedSnapshotCount == 2 && totals.newBlobCount == 6)
        #expect(try await pair.readDestination() == 2)
    }

    @Test func `nothing is recorded when data of the source is lost`() async throws {
        let pair = try await Pair(snapshotCount: 3)
        let data = pair.source.index.location(of: .data, BlobID(SHA256.digest(Array("file 2".utf8).span)))
        try await pair.sourceStorage.delete(RepositoryLayout.key(try #require(data).pack))
        await #expect(throws: RepositoryError.self) { _ = try await pair.copy() }
        #expect(try await pair.readDestination() == 0)
    }
}

extension Node {
    /// A directory of this content.
    static func directory(_ name: String, tree: BlobID) -> Node {
        let time = Timestamp(seconds: 1_577_836_800)
        var node = Node(
            name: Array(name.utf8),
            kind: .directory,
            mode: NodeMode(posix: 0o040755),
            modificationTime: time
        )
        node.subtree = tree
        return node
    }
}
