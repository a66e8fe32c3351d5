// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Testing

@testable import RepositoryEngine

/// Ids that are spread like real ones and the same in each run.
struct IDGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    private mutating func word() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    mutating func next<Kind>() -> ContentID<Kind> {
        ContentID(Digest256(words: (word(), word(), word(), word())))
    }

    mutating func number(below limit: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: word() >> 33) % limit
    }
}

extension IDGenerator {
    /// A pack with `blobCount` blobs of random lengths, one after another.
    mutating func pack(blobCount: Int, kind: BlobKind = .data) -> (id: PackID, blobs: [PackEntry]) {
        var offset: UInt32 = 0
        let blobs = (0..<blobCount).map { index in
            let blob = PackEntry(
                kind: kind,
                id: next(),
                offset: offset,
                storedLength: 33 + number(below: 5000),
                uncompressedLength: index.isMultiple(of: 3) ? 0 : 1 + number(below: 9000)
            )
            offset += blob.storedLength
            return blob
        }
        return (next(), blobs)
    }

    mutating func batch(packCount: Int, blobsPerPack: Int, kind: BlobKind = .data) -> IndexBatch {
        var batch = IndexBatch(indexFile: next())
        for _ in 0..<packCount {
            let pack = pack(blobCount: blobsPerPack, kind: kind)
            batch.append(pack: pack.id, blobs: pack.blobs)
        }
        return batch
    }
}

@Suite("MasterIndex")
struct MasterIndexTests {
    private func expectFound(_ batch: IndexBatch, in index: MasterIndex) {
        for number in batch.packs.indices {
            for blob in batch.blobs(ofPackAt: number) {
                let found = index.location(of: blob.kind, blob.id)
                #expect(found?.blob == blob)
                #expect(found?.pack == batch.packs[number])
                #expect(index.contains(blob.kind, blob.id))
                #expect(index.plaintextByteCount(of: blob.kind, blob.id) == blob.plaintextByteCount)
            }
        }
    }

    @Test("an empty index finds nothing")
    func empty() {
        var ids = IDGenerator(seed: 1)
        let index = MasterIndex()
        #expect(!index.contains(.data, ids.next()))
        #expect(index.locations(of: .tree, ids.next()).isEmpty)
        #expect(index.blobCount == 0)
    }

    @Test("every blob of every batch is found with its place", arguments: [1, 2, 40])
    func findsAll(blobsPerPack: Int) throws {
        var ids = IDGenerator(seed: 7)
        let index = MasterIndex()
        let batches = (0..<5).map { _ in ids.batch(packCount: 50, blobsPerPack: blobsPerPack) }
        for batch in batches { try index.add(batch) }
        for batch in batches { expectFound(batch, in: index) }
        for _ in 0..<500 { #expect(!index.contains(.data, ids.next())) }
        #expect(!index.contains(.tree, batches[0].blobs[0].id))
        #expect(index.blobCount == 5 * 50 * blobsPerPack)
        #expect(index.packCount == 250)
    }

    @Test("blobs beyond one page are found, whether staged at once or added bit by bit", arguments: [true, false])
    func manyPages(staged: Bool) throws {
        var ids = IDGenerator(seed: 11)
        let index = MasterIndex()
        let batches = (0..<3).map { _ in ids.batch(packCount: 2, blobsPerPack: 40_000) }
        for batch in batches {
            if staged { try index.stage(batch) } else { try index.add(batch) }
        }
        if staged {
            #expect(!index.contains(.data, batches[0].blobs[0].id))
            index.publish()
        }
        for batch in batches {
            for number in batch.packs.indices {
                for blob in batch.blobs(ofPackAt: number) where blob.id.digest.words.3 % 16 == 0 {
                    #expect(index.location(of: .data, blob.id)?.blob == blob)
                }
            }
        }
        var seen = 0
        index.forEachPack { pack in
            #expect(pack.blobs.count == 40_000)
            seen += 1
        }
        #expect(seen == 6)
    }

    @Test("copies in several packs are all reported")
    func copies() throws {
        var ids = IDGenerator(seed: 3)
        let index = MasterIndex()
        let first = ids.pack(blobCount: 3)
        var second = ids.pack(blobCount: 3)
        second.blobs[0].id = first.blobs[1].id
        var batch = IndexBatch(indexFile: ids.next())
        batch.append(pack: first.id, blobs: first.blobs)
        batch.append(pack: second.id, blobs: second.blobs)
        try index.add(batch)
        #expect(Set(index.locations(of: .data, first.blobs[1].id).map(\.pack)) == [first.id, second.id])
    }

    @Test("a pack listed by two index files takes memory once and survives one of them")
    func duplicateListing() throws {
        var ids = IDGenerator(seed: 5)
        let index = MasterIndex()
        var batch = ids.batch(packCount: 4, blobsPerPack: 10)
        let first = try #require(batch.indexFile)
        try index.add(batch)
        let second: IndexID = ids.next()
        batch.indexFile = second
        try index.add(batch)
        #expect(index.blobCount == 40)
        #expect(index.pack(batch.packs[0])?.indexFiles == [first, second])
        index.removeIndexFiles([first])
        expectFound(batch, in: index)
        #expect(index.pack(batch.packs[0])?.indexFiles == [second])
        #expect(index.indexFiles == [second])
        index.removeIndexFiles([second])
        #expect(!index.contains(.data, batch.blobs[0].id))
        #expect(index.blobCount == 0 && index.packCount == 0)
    }

    @Test("removed packs are gone, others stay, ordinals keep their meaning")
    func removal() throws {
        var ids = IDGenerator(seed: 9)
        let index = MasterIndex()
        let batch = ids.batch(packCount: 10, blobsPerPack: 20)
        try index.add(batch)
        let keptBlob = batch.blobs(ofPackAt: 9).first
        let blob = try #require(keptBlob)
        let ordinal = index.ordinal(of: .data, blob.id)
        index.removePacks([batch.packs[0], batch.packs[3]])
        for number in batch.packs.indices {
            for blob in batch.blobs(ofPackAt: number) {
                #expect(index.contains(.data, blob.id) == (number != 0 && number != 3))
            }
        }
        #expect(index.packCount == 8)
        #expect(index.ordinal(of: .data, blob.id) == ordinal)
        let more = ids.batch(packCount: 1, blobsPerPack: 5)
        try index.add(more)
        expectFound(more, in: index)
        #expect(index.ordinalLimit(of: .data) == 205)
    }

    @Test("mixed packs, gaps, unsorted and huge blobs keep their offsets")
    func oddPacks() throws {
        var ids = IDGenerator(seed: 13)
        let blobs = [
            PackEntry(
                kind: .tree,
                id: ids.next(),
                offset: 5000,
                storedLength: 20_000_000,
                uncompressedLength: 90_000_000
            ),
            PackEntry(kind: .data, id: ids.next(), offset: 0, storedLength: 1000, uncompressedLength: 0),
            PackEntry(kind: .data, id: ids.next(), offset: 1000, storedLength: 4000, uncompressedLength: 0xffffff),
            PackEntry(kind: .data, id: ids.next(), offset: 30_000_000, storedLength: 77, uncompressedLength: 12),
        ]
        var batch = IndexBatch(indexFile: ids.next())
        batch.append(pack: ids.next(), blobs: blobs)
        let index = MasterIndex()
        try index.add(batch)
        for blob in blobs { #expect(index.location(of: blob.kind, blob.id)?.blob == blob) }
        let pack = try #require(index.pack(batch.packs[0]))
        #expect(pack.blobs == blobs.sorted { $0.offset < $1.offset })
        #expect(pack.expectedByteCount == 36 + 20_005_077 + 41 * 3 + 37)
    }

    @Test("every blob is visited once, grouped by id")
    func visiting() throws {
        var ids = IDGenerator(seed: 17)
        let index = MasterIndex()
        let batch = ids.batch(packCount: 30, blobsPerPack: 30)
        try index.add(batch)
        var seen: [BlobID] = []
        index.forEachBlob(.data) { seen.append($0.blob.id) }
        #expect(seen == batch.blobs.map(\.id).sorted())
    }

    @Test("searches agree with a dictionary, whatever the ids look like", arguments: [0, 1, 2] as [UInt64])
    func agreesWithDictionary(shape: UInt64) throws {
        var ids = IDGenerator(seed: 31)
        // Shape 1 crowds all ids into one shard, shape 2 also into one bucket of it with equal first words.
        func shaped(_ id: BlobID) -> BlobID {
            var words = id.digest.words
            if shape == 1 { words.0 >>= 9 }
            if shape == 2 { words.0 = words.0 & 3 }
            return BlobID(Digest256(words: words))
        }
        let index = MasterIndex()
        var expected: [BlobID: Int] = [:]
        for round in 0..<6 {
            var batch = IndexBatch(indexFile: ids.next())
            for _ in 0..<(round == 0 ? 40 : 10) {
                var pack = ids.pack(blobCount: 100)
                for number in pack.blobs.indices {
                    pack.blobs[number].id = shaped(pack.blobs[number].id)
                    expected[pack.blobs[number].id, default: 0] += 1
                }
                if let known = expected.keys.first {
                    pack.blobs[7].id = known
                    expected[known, default: 0] += 1
                }
                batch.append(pack: pack.id, blobs: pack.blobs)
            }
            try index.add(batch)
        }
        var missing = 0
        for batchID in expected.keys where !index.contains(.data, batchID) { missing += 1 }
        // The blobs that the copies above replaced are not there.
        #expect(missing <= 90)
        var previous: BlobID?
        index.forEachBlob(.data) { blob in
            #expect(previous.map { $0 <= blob.blob.id } ?? true)
            previous = blob.blob.id
        }
        for _ in 0..<2000 { #expect(!index.contains(.data, shaped(ids.next()))) }
    }

    @Test("a million blobs cost at most 48 bytes each, search structure and packs included")
    func memory() async throws {
        await #expect(processExitsWith: .success) {
            var ids = IDGenerator(seed: 23)
            // Everything that is allocated on the way has been allocated once before the first measurement.
            try MasterIndex().stage(ids.batch(packCount: 3_125, blobsPerPack: 16))
            let index = MasterIndex()
            let before = try #require(ResidentMemory.byteCount())
            for _ in 0..<20 { try index.stage(ids.batch(packCount: 3_125, blobsPerPack: 16)) }
            index.publish()
            let after = try #require(ResidentMemory.byteCount())
            let perBlob = Double(after - before) / 1_000_000
            let counted = Double(index.byteCount) / 1_000_000
            print("bytes per blob: \(perBlob) resident, \(counted) counted")
            precondition(index.blobCount == 1_000_000)
            precondition(counted <= 48, "\(counted) bytes a blob")
            precondition(perBlob <= 56, "\(perBlob) resident bytes a blob")
        }
    }
}
