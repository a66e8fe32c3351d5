// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat

/// Up to 65 536 blobs of one kind in the order they lie in their packs, without a search structure.
///
/// A *row* is a run of blobs that lie in one pack without gap, so that offsets are sums of lengths and need not be stored.
/// Per blob: 32 bytes of id, 6 of lengths, 1/8 of checkpoint; per row: 44.
struct PageContent: Sendable {
    struct Row: Sendable {
        /// Entry number of the row's first blob.
        var firstEntry: UInt32
        /// Offset of that blob in the pack.
        var baseOffset: UInt32
        /// Number of the index file, or `removed`.
        var indexNumber: UInt32

        static let removed = UInt32.max
    }

    static let capacity = 65_536
    private static let checkpointSpacing = 32

    private(set) var ids: [BlobID] = []
    private(set) var lengths = LengthColumn()
    /// Offset in its pack of every 32nd blob.
    private var checkpoints: [UInt32] = []
    private(set) var rowPacks: [PackID] = []
    private(set) var rows: [Row] = []
    private var nextOffset: UInt32 = 0

    var isFull: Bool { ids.count >= Self.capacity }

    // MARK: Building

    /// Adds blobs of one kind of a pack until the page is full; returns where to go on, which is the end if all fit.
    ///
    /// A row starts where a blob does not follow the previous one directly in the same pack and index file.
    mutating func append(
        _ blobs: ArraySlice<PackEntry>,
        kind: BlobKind,
        pack: PackID,
        indexNumber: UInt32
    ) -> Int {
        var isContinuing = rows.last?.indexNumber == indexNumber && rowPacks.last == pack
        var position = blobs.startIndex
        while position < blobs.endIndex {
            let blob = blobs[position]
            guard blob.kind == kind else {
                position += 1
                continue
            }
            guard !isFull else { break }
            if ids.count == Self.reservationThreshold { reserveFullCapacity() }
            if !isContinuing || nextOffset != blob.offset {
                rowPacks.append(pack)
                rows.append(Row(firstEntry: UInt32(ids.count), baseOffset: blob.offset, indexNumber: indexNumber))
                isContinuing = true
            }
            if ids.count.isMultiple(of: Self.checkpointSpacing) { checkpoints.append(blob.offset) }
            ids.append(blob.id)
            lengths.append(.init(stored: blob.storedLength, uncompressed: blob.uncompressedLength))
            nextOffset = blob.offset &+ blob.storedLength
            position += 1
        }
        return position
    }

    /// Blobs after which a page is taken to become full, and given its final memory at once.
    private static let reservationThreshold = 8192

    private mutating func reserveFullCapacity() {
        ids.reserveCapacity(Self.capacity)
        lengths.reserveCapacity(Self.capacity)
        checkpoints.reserveCapacity(Self.capacity / Self.checkpointSpacing)
    }

    /// Gives back memory that a full page has too much.
    mutating func trim() {
        guard isFull else { return }
        rowPacks = rowPacks.trimmed()
        rows = rows.trimmed()
    }

    mutating func setIndexNumber(_ number: UInt32, row: Int) {
        rows[row].indexNumber = number
    }

    // MARK: Reading

    /// Bytes of memory held.
    var byteCount: Int {
        ids.capacity * 32 + lengths.byteCount + checkpoints.capacity * 4 + rowPacks.capacity * 32 + rows.capacity * 12
    }

    /// Entry numbers of a row's blobs.
    func entries(ofRow row: Int) -> Range<Int> {
        let end = row + 1 < rows.count ? Int(rows[row + 1].firstEntry) : ids.count
        return Int(rows[row].firstEntry)..<end
    }

    /// The row an entry belongs to.
    func row(ofEntry entry: Int) -> Int {
        var low = 0
        var high = rows.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(rows[middle].firstEntry) <= entry { low = middle } else { high = middle }
        }
        return low
    }

    /// Offset of an entry in its pack.
    func offset(ofEntry entry: Int, row: Int) -> UInt32 {
        let block = entry / Self.checkpointSpacing
        let rowStart = Int(rows[row].firstEntry)
        var position = block * Self.checkpointSpacing
        var offset: UInt32
        if rowStart >= position {
            position = rowStart
            offset = rows[row].baseOffset
        } else {
            offset = checkpoints[block]
        }
        while position < entry {
            offset &+= lengths.stored(at: position)
            position += 1
        }
        return offset
    }

    /// Hands each blob of a row to `body` in offset order.
    func forEachBlob(
        ofRow row: Int,
        kind: BlobKind,
        _ body: (_ entry: Int, PackEntry) throws -> Void
    ) rethrows {
        var offset = rows[row].baseOffset
        for entry in entries(ofRow: row) {
            let pair = lengths[entry]
            try body(
                entry,
                PackEntry(
                    kind: kind,
                    id: ids[entry],
                    offset: offset,
                    storedLength: pair.stored,
                    uncompressedLength: pair.uncompressed
                )
            )
            offset &+= pair.stored
        }
    }
}

/// A page that readers share; never changes.
final class IndexPage: Sendable {
    let content: PageContent
    /// The same array as in `content`, one indirection nearer for searches.
    let ids: [BlobID]

    init(_ content: PageContent) {
        self.content = content
        ids = content.ids
    }
}

extension Array {
    /// A copy without spare capacity, if there is enough of that to matter.
    fileprivate func trimmed() -> [Element] {
        guard capacity > count + count / 16 else { return self }
        var copy: [Element] = []
        copy.reserveCapacity(count)
        copy.append(contentsOf: self)
        return copy
    }
}
