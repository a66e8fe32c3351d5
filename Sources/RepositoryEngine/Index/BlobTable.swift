// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Synchronization

/// The search structure over the pages of one blob kind.
///
/// Ordinals (page number and entry number) are kept sorted by blob id in shards chosen by the first bits of the id. A reader
/// locks one shard for the length of a search; a writer publishes new pages shard by shard. An ordinal never changes its
/// meaning, so readers that still see the old page list stay correct.
final class BlobTable: Sendable {
    struct Shard: Sendable {
        var ordinals: [UInt32] = []
        var pages: [IndexPage] = []
        /// Where the ordinals of each value of the bits behind the shard's end; empty in small shards.
        var bucketEnds: [UInt32] = []
    }

    private final class ShardBox: Sendable {
        let state = Mutex(Shard())
    }

    static let shardBits: UInt64 = 9
    static let shardCount = 1 << Int(shardBits)

    private let shards: [ShardBox]

    init() {
        shards = (0..<Self.shardCount).map { _ in ShardBox() }
    }

    static func shardNumber(of id: BlobID) -> Int {
        Int(truncatingIfNeeded: id.digest.words.0 >> (64 - shardBits))
    }

    // MARK: Searching

    func contains(_ id: BlobID) -> Bool {
        shards[Self.shardNumber(of: id)].state.withLock { shard in
            let position = shard.lowerBound(of: id)
            return position < shard.ordinals.count && shard.id(at: position) == id
        }
    }

    /// Calls `body` for each copy of a blob until it returns false.
    func forEachCopy(of id: BlobID, _ body: (_ ordinal: UInt32, PageContent, _ entry: Int) -> Bool) {
        shards[Self.shardNumber(of: id)].state.withLock { shard in
            var position = shard.lowerBound(of: id)
            while position < shard.ordinals.count, shard.id(at: position) == id {
                let ordinal = shard.ordinals[position]
                let page = shard.pages[Int(ordinal >> 16)]
                guard body(ordinal, page.content, Int(ordinal & 0xffff)) else { return }
                position += 1
            }
        }
    }

    /// Calls `body` with the blobs of one shard in ascending order of ids.
    func forEachBlob(inShard number: Int, _ body: (_ ordinal: UInt32, PageContent, _ entry: Int) throws -> Void)
        rethrows
    {
        let shard = shards[number].state.withLock { $0 }
        for ordinal in shard.ordinals {
            try body(ordinal, shard.pages[Int(ordinal >> 16)].content, Int(ordinal & 0xffff))
        }
    }

    // MARK: Publishing

    /// Makes `newOrdinals` findable; `pages` holds the old pages, the last of them possibly grown, and the new ones.
    func publish(pages: [IndexPage], newOrdinals: Range<UInt32>) {
        var counts = [Int](repeating: 0, count: Self.shardCount)
        Self.forEachID(pages, newOrdinals) { counts[Self.shardNumber(of: $1)] += 1 }
        var fresh: [[UInt32]] = counts.map { count in
            var list: [UInt32] = []
            list.reserveCapacity(count)
            return list
        }
        Self.forEachID(pages, newOrdinals) { fresh[Self.shardNumber(of: $1)].append($0) }
        for number in 0..<Self.shardCount {
            let added = ShardSorter.sorted(fresh[number], pages: pages)
            fresh[number] = []
            shards[number].state.withLock { shard in
                shard.pages = pages
                shard.merge(added)
            }
        }
    }

    /// Replaces pages whose rows changed and forgets the entries that `isRemoved` names.
    func republish(pages: [IndexPage], isRemoved: (PageContent, _ entry: Int) -> Bool) {
        for box in shards {
            box.state.withLock { shard in
                shard.pages = pages
                shard.ordinals.removeAll { ordinal in
                    isRemoved(pages[Int(ordinal >> 16)].content, Int(ordinal & 0xffff))
                }
                shard.rebuildBuckets()
            }
        }
    }

    private static func forEachID(_ pages: [IndexPage], _ range: Range<UInt32>, _ body: (UInt32, BlobID) -> Void) {
        guard !range.isEmpty else { return }
        for number in Int(range.lowerBound >> 16)...Int((range.upperBound - 1) >> 16) {
            let ids = pages[number].ids
            let base = UInt32(number) << 16
            let first = base < range.lowerBound ? Int(range.lowerBound - base) : 0
            for entry in first..<ids.count { body(base | UInt32(entry), ids[entry]) }
        }
    }

    /// Bytes of the search structure, pages not included.
    var byteCount: Int {
        shards.reduce(0) { sum, box in
            sum + box.state.withLock { ($0.ordinals.capacity + $0.bucketEnds.capacity) * 4 + 64 } + 64
        }
    }
}

extension BlobTable.Shard {
    func id(at position: Int) -> BlobID {
        let ordinal = ordinals[position]
        return pages[Int(ordinal >> 16)].ids[Int(ordinal & 0xffff)]
    }

    private static let bucketBits: UInt64 = 7
    /// Shards below this size are searched without buckets.
    private static let bucketThreshold = 1024

    private static func bucket(of id: BlobID) -> Int {
        Int(truncatingIfNeeded: (id.digest.words.0 << BlobTable.shardBits) >> (64 - bucketBits))
    }

    /// First position whose id is not less than `id`: interpolation in its bucket, then a widening search around the guess.
    func lowerBound(of id: BlobID) -> Int {
        var low = 0
        var high = ordinals.count
        var fraction = id.digest.words.0 << BlobTable.shardBits
        if !bucketEnds.isEmpty {
            let bucket = Self.bucket(of: id)
            low = bucket == 0 ? 0 : Int(bucketEnds[bucket - 1])
            high = Int(bucketEnds[bucket])
            fraction <<= Self.bucketBits
        }
        guard low < high else { return low }
        let guess = low + Int(fraction.multipliedFullWidth(by: UInt64(high - low)).high)
        var step = 1
        if self.id(at: guess) < id {
            low = guess + 1
            while low + step < high, self.id(at: low + step) < id {
                low += step + 1
                step *= 2
            }
            high = min(high, low + step)
        } else {
            let start = low
            high = guess
            while high - step > start, self.id(at: high - step) >= id {
                high -= step
                step *= 2
            }
            low = max(start, high - step)
        }
        while low < high {
            let middle = (low + high) / 2
            if self.id(at: middle) < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Finds out anew where the buckets end.
    mutating func rebuildBuckets() {
        bucketEnds = []
        guard ordinals.count >= Self.bucketThreshold else { return }
        var counts = [UInt32](repeating: 0, count: 1 << Int(Self.bucketBits))
        for position in ordinals.indices { counts[Self.bucket(of: id(at: position))] += 1 }
        bucketEnds = Self.ends(counts)
    }

    private static func ends(_ counts: [UInt32]) -> [UInt32] {
        var sum: UInt32 = 0
        return counts.map { count in
            sum += count
            return sum
        }
    }

    /// Moves the ends for ordinals just merged in.
    private mutating func extendBuckets(by added: [UInt32]) {
        guard !bucketEnds.isEmpty else {
            rebuildBuckets()
            return
        }
        var counts = [UInt32](repeating: 0, count: bucketEnds.count)
        for ordinal in added { counts[Self.bucket(of: pages[Int(ordinal >> 16)].ids[Int(ordinal & 0xffff)])] += 1 }
        let shifts = Self.ends(counts)
        for bucket in bucketEnds.indices { bucketEnds[bucket] += shifts[bucket] }
    }

    /// Merges ordinals sorted by id into place from the back: never a second copy of the shard.
    mutating func merge(_ added: [UInt32]) {
        guard !added.isEmpty else { return }
        if ordinals.isEmpty {
            ordinals = added
            rebuildBuckets()
            return
        }
        var source = ordinals.count
        let total = source + added.count
        ordinals.reserveCapacity(total + total / 32)
        let positions = added.map { ordinal in
            upperBound(of: pages[Int(ordinal >> 16)].ids[Int(ordinal & 0xffff)])
        }
        ordinals.append(contentsOf: repeatElement(0, count: added.count))
        var destination = total
        for index in added.indices.reversed() {
            while source > positions[index] {
                source -= 1
                destination -= 1
                ordinals[destination] = ordinals[source]
            }
            destination -= 1
            ordinals[destination] = added[index]
        }
        extendBuckets(by: added)
    }

    private func upperBound(of id: BlobID) -> Int {
        var position = lowerBound(of: id)
        while position < ordinals.count, self.id(at: position) == id { position += 1 }
        return position
    }
}

/// Sorts a shard's ordinals by the ids they stand for.
enum ShardSorter {
    private struct Key {
        var prefix: UInt64
        var ordinal: UInt32
    }

    static func sorted(_ ordinals: [UInt32], pages: [IndexPage]) -> [UInt32] {
        func id(_ ordinal: UInt32) -> BlobID { pages[Int(ordinal >> 16)].ids[Int(ordinal & 0xffff)] }
        var keys = ordinals.map { Key(prefix: id($0).digest.words.0, ordinal: $0) }
        keys.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            let (a, b) = (id(left.ordinal), id(right.ordinal))
            return a == b ? left.ordinal < right.ordinal : a < b
        }
        return keys.map(\.ordinal)
    }
}
