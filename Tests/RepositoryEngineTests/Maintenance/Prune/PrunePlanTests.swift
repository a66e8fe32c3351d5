// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Testing

@testable import RepositoryEngine

/// An index built pack by pack, and marks for what is needed.
private struct Scene {
    let index = MasterIndex()
    private var generator = IDGenerator(seed: 1)
    private var needed: [(BlobKind, BlobID)] = []
    private var batch = IndexBatch()
    var listed: [PackID: Int] = [:]

    mutating func newBlob() -> BlobID { generator.next() }

    /// Adds a pack of blobs of `blobByteCount` bytes each and lists it in the store.
    mutating func pack(
        used: [BlobID] = [],
        unused: [BlobID] = [],
        kinds: [BlobKind] = [],
        blobByteCount: UInt32 = 1_000_000,
        isCompressed: Bool = true
    ) -> PackID {
        let id: PackID = generator.next()
        var offset: UInt32 = 0
        var blobs: [PackEntry] = []
        for (place, blob) in (used + unused).enumerated() {
            let kind = kinds.isEmpty ? .data : kinds[place % kinds.count]
            blobs.append(
                PackEntry(
                    kind: kind,
                    id: blob,
                    offset: offset,
                    storedLength: blobByteCount,
                    uncompressedLength: isCompressed ? blobByteCount * 2 : 0
                )
            )
            offset += blobByteCount
            if place < used.count { needed.append((kind, blob)) }
        }
        batch.append(pack: id, blobs: blobs)
        listed[id] = PackHeader.packByteCount(of: blobs)
        return id
    }

    mutating func summary() throws -> PackUsageSummary {
        batch.indexFile = generator.next()
        try index.add(batch)
        batch = IndexBatch()
        var marks = BlobMarks(for: index)
        for (kind, id) in needed {
            let ordinal = try #require(index.ordinal(of: kind, id))
            marks.insert(ordinal, kind)
        }
        return PackUsageSummary(index: index, used: marks)
    }

    mutating func plan(_ options: PruneOptions = PruneOptions(), isFormat2: Bool = true) throws -> PrunePlan {
        try PrunePlan.decide(
            try summary(),
            listed: listed,
            isFormat2: isFormat2,
            packTargetByteCount: 16 << 20,
            options: options
        )
    }

    mutating func blobs(_ count: Int) -> [BlobID] { (0..<count).map { _ in newBlob() } }
}

@Suite("PrunePlan")
struct PrunePlanTests {
    private static var noUnused: PruneOptions {
        var options = PruneOptions()
        options.unusedLimit = .bytes(0)
        options.smallPackByteCount = 0
        return options
    }

    @Test("packs without needed blobs go, full packs stay, files no index lists go first")
    func removes() throws {
        var scene = Scene()
        let full = scene.pack(used: scene.blobs(8))
        let empty = scene.pack(unused: scene.blobs(8))
        var other = IDGenerator(seed: 9)
        let orphan: PackID = other.next()
        scene.listed[orphan] = 77
        let plan = try scene.plan()
        #expect(plan.remove == [empty])
        #expect(plan.repack.isEmpty && plan.ignore.isEmpty)
        #expect(plan.removeFirst == [orphan])
        #expect(plan.totals.unindexedByteCount == 77)
        #expect(plan.totals.usedBlobCount == 8 && plan.totals.removedBlobCount == 8)
        #expect(plan.totals.usedByteCount == scene.listed[full])
        #expect(plan.totals.removedByteCount == scene.listed[empty])
        #expect(plan.totals.remainingByteCount == scene.listed[full])
    }

    @Test("partly used packs are repacked until little enough is unused")
    func unusedLimit() throws {
        var scene = Scene()
        let worst = scene.pack(used: scene.blobs(2), unused: scene.blobs(6))
        let good = scene.pack(used: scene.blobs(49), unused: scene.blobs(1))
        var options = PruneOptions()
        options.smallPackByteCount = 0
        #expect(try scene.plan(options).repack == [worst])
        options.unusedLimit = .bytes(0)
        #expect(Set(try scene.plan(options).repack) == [worst, good])
        options.unusedLimit = .unlimited
        #expect(try scene.plan(options).repack.isEmpty)
        options.unusedLimit = .bytes(100_000_000)
        #expect(try scene.plan(options).repack.isEmpty)
    }

    @Test("no more is repacked than allowed")
    func repackLimit() throws {
        var scene = Scene()
        let worst = scene.pack(used: scene.blobs(1), unused: scene.blobs(7))
        _ = scene.pack(used: scene.blobs(4), unused: scene.blobs(4))
        var options = Self.noUnused
        options.maximumRepackByteCount = 9_000_000
        #expect(try scene.plan(options).repack == [worst])
        options.maximumRepackByteCount = 0
        #expect(try scene.plan(options).repack.isEmpty)
    }

    @Test("trees come first and are repacked whatever is unused; with cacheable-only nothing else is")
    func trees() throws {
        var scene = Scene()
        let data = scene.pack(used: scene.blobs(4), unused: scene.blobs(4))
        let tree = scene.pack(used: scene.blobs(7), unused: scene.blobs(1), kinds: [.tree])
        var options = Self.noUnused
        #expect(try scene.plan(options).repack == [tree, data])
        options.repacksCacheableOnly = true
        #expect(try scene.plan(options).repack == [tree])
    }

    @Test("packs that mix kinds are taken apart")
    func mixed() throws {
        var scene = Scene()
        let mixed = scene.pack(used: scene.blobs(8), kinds: [.tree, .data])
        #expect(try scene.plan().repack == [mixed])
    }

    @Test("small packs are merged once there are ten", arguments: [9, 10])
    func small(count: Int) throws {
        var scene = Scene()
        for _ in 0..<count { _ = scene.pack(used: scene.blobs(1), blobByteCount: 1000) }
        #expect(try scene.plan().repack.count == (count < 10 ? 0 : count))
    }

    @Test("uncompressed trees are compressed in format 2, uncompressed data only on demand")
    func uncompressed() throws {
        var scene = Scene()
        let tree = scene.pack(used: scene.blobs(8), kinds: [.tree], isCompressed: false)
        let data = scene.pack(used: scene.blobs(8), isCompressed: false)
        var options = PruneOptions()
        #expect(try scene.plan(options).repack == [tree])
        #expect(try scene.plan(options, isFormat2: false).repack.isEmpty)
        options.repacksUncompressed = true
        #expect(try scene.plan(options).repack == [tree, data])
    }

    @Test("a needed pack that is missing or of the wrong size stops everything; an unneeded one is only dropped")
    func missing() throws {
        var scene = Scene()
        let needed = scene.pack(used: scene.blobs(1))
        let unneeded = scene.pack(unused: scene.blobs(1))
        scene.listed[unneeded] = nil
        #expect(try scene.plan().ignore == [unneeded])
        let byteCount = scene.listed[needed]
        scene.listed[needed] = 5
        #expect(throws: RepositoryError.self) { try scene.plan() }
        scene.listed[needed] = nil
        #expect(throws: RepositoryError.self) { try scene.plan() }
        scene.listed[needed] = byteCount
        #expect(try scene.plan().remove.isEmpty)
    }

    @Test("of several copies exactly one counts as used, in the pack that has other needed blobs")
    func duplicates() throws {
        var scene = Scene()
        let shared = scene.newBlob()
        let keeper = scene.pack(used: [shared] + scene.blobs(7))
        let copy = scene.pack(used: [shared], unused: scene.blobs(7))
        let plan = try scene.plan(Self.noUnused)
        #expect(plan.remove == [copy])
        #expect(plan.repack.isEmpty)
        #expect(plan.totals.duplicateBlobCount == 1)
        let summary = try scene.summary()
        #expect(summary.packs.first { $0.id == keeper }?.usedBlobCount == 8)
        #expect(summary.packs.first { $0.id == copy }?.usedBlobCount == 0)
    }

    @Test("packs of copies only, as an interrupted prune leaves them, are preferred to partly unused ones")
    func interrupted() throws {
        var scene = Scene()
        let shared = scene.blobs(4)
        let old = scene.pack(used: shared, unused: scene.blobs(4))
        let new = scene.pack(used: shared)
        let plan = try scene.plan(Self.noUnused)
        #expect(plan.remove == [old])
        #expect(plan.repack.isEmpty)
        #expect(try scene.summary().packs.first { $0.id == new }?.usedBlobCount == 4)
    }

    @Test("every needed blob keeps exactly one copy, whatever the packs look like", arguments: 0..<20 as Range<UInt64>)
    func oneCopyStays(seed: UInt64) throws {
        var scene = Scene()
        var random = IDGenerator(seed: seed)
        let pool = scene.blobs(40)
        var used: Set<BlobID> = []
        for blob in pool where random.number(below: 3) > 0 { used.insert(blob) }
        for _ in 0..<12 {
            let chosen = pool.filter { _ in random.number(below: 3) == 0 }
            _ = scene.pack(used: chosen.filter(used.contains), unused: chosen.filter { !used.contains($0) })
        }
        let summary = try scene.summary()
        let listed = used.filter { scene.index.contains(.data, $0) }
        #expect(summary.packs.reduce(0) { $0 + $1.usedBlobCount } == listed.count)
    }
}
