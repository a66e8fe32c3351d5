// SPDX-License-Identifier: Apache-2.0

import ResticFormat

/// The writer's side of ``MasterIndex``: which index files and packs there are, and the pages being filled.
struct Catalog: Sendable {
    /// Where a row is: kind in the highest bit, then page, then row.
    struct RowReference: Sendable {
        var value: UInt32

        init(value: UInt32) {
            self.value = value
        }

        init(kind: BlobKind, page: Int, row: Int) {
            value = (kind == .tree ? 0x8000_0000 : 0) | UInt32(page) << 16 | UInt32(row)
        }

        var kind: BlobKind { value >> 31 == 0 ? .data : .tree }
        var page: Int { Int(value >> 16) & 0x7fff }
        var row: Int { Int(value & 0xffff) }
    }

    /// The pages of one kind.
    struct Pages: Sendable {
        var sealed: [IndexPage] = []
        /// The page after the sealed ones while it grows; nil between changes.
        var open: PageContent?
        /// One more than the largest ordinal that readers can find.
        var publishedLimit = 0

        /// One more than the largest ordinal.
        var limit: Int {
            if let open { return sealed.count << 16 + open.ids.count }
            guard let last = sealed.last else { return 0 }
            return (sealed.count - 1) << 16 + last.ids.count
        }

        func content(_ page: Int) -> PageContent? {
            page < sealed.count ? sealed[page].content : open
        }

        /// Makes the growing page readable.
        mutating func seal() {
            guard var full = open.take() else { return }
            full.trim()
            sealed.append(IndexPage(full))
        }

        /// Makes room for one more blob; entries of a page that is opened again keep their ordinals.
        mutating func prepare() throws {
            if open?.isFull == true { seal() }
            guard open == nil else { return }
            if let last = sealed.last, !last.content.isFull {
                sealed.removeLast()
                open = last.content
                return
            }
            guard sealed.count < Catalog.maximumPageCount else {
                throw RepositoryError(.corrupt, "The repository lists more blobs than the index can number.")
            }
            open = PageContent()
        }
    }

    fileprivate static let maximumPageCount = 0x8000

    private var dataPages = Pages()
    private var treePages = Pages()
    /// Rows sorted by pack id.
    private var rowOrder: [UInt32] = []
    /// Rows not sorted in yet.
    private var freshRows = FreshRows()
    private var indexIDs: [IndexID?] = []
    private var indexNumbers: [IndexID: UInt32] = [:]
    /// Packs that more than one index file lists, with the further index files.
    private var furtherIndexes: [PackID: [UInt32]] = [:]
    private(set) var blobCount = 0
    private(set) var packCount = 0

    var indexFiles: [IndexID] { indexNumbers.keys.sorted() }

    func pages(_ kind: BlobKind) -> Pages {
        kind == .data ? dataPages : treePages
    }

    var byteCount: Int {
        var sum = rowOrder.capacity * 4
        for page in dataPages.sealed + treePages.sealed { sum += page.content.byteCount }
        return sum
    }

    // MARK: Adding

    mutating func add(_ batch: IndexBatch) throws {
        var batch = batch
        batch.sortByOffset()
        let number = try register(batch.indexFile)
        for index in batch.packs.indices {
            let pack = batch.packs[index]
            let blobs = batch.blobs(ofPackAt: index)
            let known = rows(of: pack)
            if !known.isEmpty, content(of: known) == Array(blobs) {
                furtherIndexes[pack, default: []].append(number)
                continue
            }
            if known.isEmpty, !blobs.isEmpty { packCount += 1 }
            if blobs.contains(where: { $0.kind == .data }) {
                try Self.append(blobs, kind: .data, pack: pack, number: number, to: &dataPages, rows: &freshRows)
            }
            if blobs.contains(where: { $0.kind == .tree }) {
                try Self.append(blobs, kind: .tree, pack: pack, number: number, to: &treePages, rows: &freshRows)
            }
            blobCount += blobs.count
        }
    }

    private mutating func register(_ file: IndexID?) throws -> UInt32 {
        if let file, let known = indexNumbers[file] { return known }
        guard indexIDs.count < Int(UInt32.max) - 1 else {
            throw RepositoryError(.corrupt, "The repository has more index files than can be numbered.")
        }
        let number = UInt32(indexIDs.count)
        indexIDs.append(file)
        if let file { indexNumbers[file] = number }
        return number
    }

    /// Appends the blobs of one kind, page after page.
    private static func append(
        _ blobs: ArraySlice<PackEntry>,
        kind: BlobKind,
        pack: PackID,
        number: UInt32,
        to pages: inout Pages,
        rows: inout FreshRows
    ) throws {
        var position = blobs.startIndex
        while position < blobs.endIndex {
            try pages.prepare()
            // Taken out while it grows, so that its arrays are not shared.
            guard var open = pages.open.take() else { return }
            let rowsBefore = open.rows.count
            position = open.append(blobs[position...], kind: kind, pack: pack, indexNumber: number)
            for row in rowsBefore..<open.rows.count {
                rows.insert(RowReference(kind: kind, page: pages.sealed.count, row: row).value, for: pack)
            }
            pages.open = open
        }
    }

    /// Sorts all rows in.
    mutating func sealRows() {
        guard !freshRows.isEmpty else { return }
        mergeFreshRows()
    }

    /// Seals the growing pages and says which ordinals readers cannot find yet.
    mutating func seal(_ kind: BlobKind) -> Range<UInt32> {
        func seal(_ pages: inout Pages) -> Range<UInt32> {
            pages.seal()
            let range = UInt32(pages.publishedLimit)..<UInt32(pages.limit)
            pages.publishedLimit = pages.limit
            return range
        }
        return kind == .data ? seal(&dataPages) : seal(&treePages)
    }

    /// Sorts the rows of the batch just added in.
    private mutating func mergeFreshRows() {
        let fresh = freshRows.sorted()
        freshRows = FreshRows()
        var source = rowOrder.count
        rowOrder.reserveCapacity(source + fresh.count)
        rowOrder.append(contentsOf: repeatElement(0, count: fresh.count))
        var destination = rowOrder.count
        for (pack, reference) in fresh.reversed() {
            while source > 0, let other = self.pack(rowOrder[source - 1]), other > pack {
                source -= 1
                destination -= 1
                rowOrder[destination] = rowOrder[source]
            }
            destination -= 1
            rowOrder[destination] = reference
        }
    }

    // MARK: Rows of a pack

    private func pack(_ reference: UInt32) -> PackID? {
        let row = RowReference(value: reference)
        return pages(row.kind).content(row.page)?.rowPacks[row.row]
    }

    private func rows(of pack: PackID) -> [UInt32] {
        var low = 0
        var high = rowOrder.count
        while low < high {
            let middle = (low + high) / 2
            if let other = self.pack(rowOrder[middle]), other < pack { low = middle + 1 } else { high = middle }
        }
        var found: [UInt32] = []
        while low < rowOrder.count, self.pack(rowOrder[low]) == pack {
            found.append(rowOrder[low])
            low += 1
        }
        return found + freshRows.rows(of: pack)
    }

    private func content(of rows: [UInt32]) -> [PackEntry] {
        var blobs: [PackEntry] = []
        for reference in rows.map(RowReference.init(value:)) {
            pages(reference.kind).content(reference.page)?
                .forEachBlob(ofRow: reference.row, kind: reference.kind) { _, blob in blobs.append(blob) }
        }
        blobs.sort { $0.offset < $1.offset }
        return blobs
    }

    // MARK: Removing

    /// Marks the rows of these packs as removed.
    mutating func removePacks(_ packs: Set<PackID>) {
        sealRows()
        updateRows { pack, _ in packs.contains(pack) ? PageContent.Row.removed : nil }
        for pack in packs { furtherIndexes[pack] = nil }
        recount()
    }

    /// Forgets index files; rows also listed by another one move there, the others are marked as removed.
    mutating func removeIndexFiles(_ files: Set<IndexID>) {
        let numbers = Set(files.compactMap { indexNumbers[$0] })
        guard !numbers.isEmpty else { return }
        sealRows()
        for file in files { indexNumbers[file] = nil }
        for pack in furtherIndexes.keys {
            furtherIndexes[pack]?.removeAll { numbers.contains($0) }
        }
        let further = furtherIndexes
        updateRows { pack, number in
            guard numbers.contains(number) else { return nil }
            return further[pack]?.first ?? PageContent.Row.removed
        }
        recount()
    }

    /// Gives rows the index number that `decide` returns; nil leaves a row as it is.
    private mutating func updateRows(_ decide: (PackID, _ number: UInt32) -> UInt32?) {
        func update(_ pages: inout Pages) {
            pages.seal()
            for index in pages.sealed.indices {
                var content = pages.sealed[index].content
                var changed = false
                for row in content.rows.indices {
                    let number = content.rows[row].indexNumber
                    guard number != PageContent.Row.removed,
                        let new = decide(content.rowPacks[row], number)
                    else { continue }
                    content.setIndexNumber(new, row: row)
                    changed = true
                }
                if changed { pages.sealed[index] = IndexPage(content) }
            }
        }
        update(&dataPages)
        update(&treePages)
    }

    /// Drops removed rows from the order of packs and counts anew.
    private mutating func recount() {
        var kept: [UInt32] = []
        kept.reserveCapacity(rowOrder.count)
        var previous: PackID?
        packCount = 0
        blobCount = 0
        for reference in rowOrder {
            let row = RowReference(value: reference)
            guard let content = pages(row.kind).content(row.page),
                content.rows[row.row].indexNumber != PageContent.Row.removed
            else { continue }
            kept.append(reference)
            blobCount += content.entries(ofRow: row.row).count
            let pack = content.rowPacks[row.row]
            if pack != previous { packCount += 1 }
            previous = pack
        }
        rowOrder = kept
    }

    // MARK: Iterating

    /// Positions in the order of packs where a new pack starts, found one after another.
    ///
    /// - Precondition: ``sealRows()`` was called since the last change.
    func forEachPack(_ body: (IndexedPack) throws -> Void) rethrows {
        var start = 0
        while start < rowOrder.count {
            guard let pack = pack(rowOrder[start]) else { return }
            var end = start + 1
            while end < rowOrder.count, self.pack(rowOrder[end]) == pack { end += 1 }
            try body(indexedPack(pack, rows: rowOrder[start..<end]))
            start = end
        }
    }

    func containsPack(_ pack: PackID) -> Bool { !rows(of: pack).isEmpty }

    /// One pack, or nil if no index file lists it.
    func indexedPack(_ pack: PackID) -> IndexedPack? {
        let rows = rows(of: pack)
        return rows.isEmpty ? nil : indexedPack(pack, rows: rows[...])
    }

    private func indexedPack(_ pack: PackID, rows: ArraySlice<UInt32>) -> IndexedPack {
        var entries: [(ordinal: UInt32, blob: PackEntry)] = []
        var numbers = Set(furtherIndexes[pack] ?? [])
        for reference in rows.map(RowReference.init(value:)) {
            guard let content = pages(reference.kind).content(reference.page) else { continue }
            numbers.insert(content.rows[reference.row].indexNumber)
            content.forEachBlob(ofRow: reference.row, kind: reference.kind) { entry, blob in
                entries.append((UInt32(reference.page) << 16 | UInt32(entry), blob))
            }
        }
        if rows.count > 1 { entries.sort { $0.blob.offset < $1.blob.offset } }
        var result = IndexedPack(id: pack, indexFiles: numbers.sorted().compactMap { indexIDs[Int($0)] })
        result.blobs.reserveCapacity(entries.count)
        result.ordinals.reserveCapacity(entries.count)
        for entry in entries where entry.blob != result.blobs.last {
            result.blobs.append(entry.blob)
            result.ordinals.append(entry.ordinal)
        }
        return result
    }
}

/// Rows of packs in the order they came, before they are sorted in.
private struct FreshRows: Sendable {
    private var first: [PackID: UInt32] = [:]
    /// Further rows of packs that have more than one.
    private var further: [PackID: [UInt32]] = [:]

    var isEmpty: Bool { first.isEmpty }

    mutating func insert(_ row: UInt32, for pack: PackID) {
        if first[pack] == nil { first[pack] = row } else { further[pack, default: []].append(row) }
    }

    func rows(of pack: PackID) -> [UInt32] {
        guard let row = first[pack] else { return [] }
        return [row] + (further[pack] ?? [])
    }

    func sorted() -> [(PackID, UInt32)] {
        var all = first.map { ($0.key, $0.value) }
        for (pack, rows) in further { all += rows.map { (pack, $0) } }
        all.sort { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }
        return all
    }
}
