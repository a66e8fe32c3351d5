// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// How much of a pack is still needed.
package struct PackUsage: Sendable, Equatable {
    package enum Content: Sendable {
        case data, tree, mixed
    }

    package var id: PackID
    package var content: Content
    /// Bytes the file must have by the index.
    package var expectedByteCount: Int
    package var usedByteCount = 0
    package var unusedByteCount = 0
    package var usedBlobCount = 0
    package var unusedBlobCount = 0
    /// Whether the pack holds blobs that a format 2 repository would compress.
    package var holdsUncompressed = false

    package init(id: PackID, content: Content, expectedByteCount: Int) {
        self.id = id
        self.content = content
        self.expectedByteCount = expectedByteCount
    }
}

/// The packs of an index and, of blobs with several copies, the pack whose copy stays.
struct PackUsageSummary: Sendable {
    var packs: [PackUsage] = []
    /// Of needed blobs with several copies, by the ordinal of the first copy, the pack that keeps it.
    var keepers = PerKind<[UInt32: PackID]> { _ in [:] }
    /// Copies of needed blobs that are not the one that stays.
    var duplicateBlobCount = 0
    var duplicateByteCount = 0

    /// Counts what each pack holds of `used`.
    ///
    /// Of several copies of a needed blob exactly one counts as used: first choice is a pack that has other needed blobs, then one
    /// that holds nothing but copies (what an interrupted prune left), then the last one seen.
    init(index: MasterIndex, used: BlobMarks) {
        var copies = PerKind { [UInt8](repeating: 0, count: index.ordinalLimit(of: $0)) }
        func isUsed(_ pack: IndexedPack, _ place: Int) -> UInt32? {
            let blob = pack.blobs[place]
            guard let first = index.ordinal(of: blob.kind, blob.id), used.contains(first, blob.kind) else { return nil }
            return first
        }
        index.forEachPack { pack in
            for place in pack.blobs.indices {
                guard let first = isUsed(pack, place) else { continue }
                let kind = pack.blobs[place].kind
                if copies[kind][Int(first)] < .max { copies[kind][Int(first)] += 1 }
            }
        }
        chooseKeepers(index: index, copies: copies, isUsed: isUsed)
        index.forEachPack { pack in
            var usage = PackUsage(
                id: pack.id,
                content: Self.content(of: pack),
                expectedByteCount: pack.expectedByteCount
            )
            // The trailer and header belong to whatever keeps the pack alive.
            let trailerByteCount = PackHeader.packByteCount(of: [])
            for (place, blob) in pack.blobs.enumerated() {
                let byteCount = Int(blob.storedLength) + blob.headerByteCount
                if !blob.isCompressed { usage.holdsUncompressed = true }
                let first = isUsed(pack, place)
                let keeper = first.flatMap { keepers[blob.kind][$0] }
                if first != nil, keeper == nil || keeper == pack.id {
                    usage.usedByteCount += byteCount
                    usage.usedBlobCount += 1
                } else {
                    usage.unusedByteCount += byteCount
                    usage.unusedBlobCount += 1
                    if first != nil {
                        duplicateBlobCount += 1
                        duplicateByteCount += byteCount
                    }
                }
            }
            if usage.usedBlobCount > 0 {
                usage.usedByteCount += trailerByteCount
            } else {
                usage.unusedByteCount += trailerByteCount
            }
            packs.append(usage)
        }
    }

    private mutating func chooseKeepers(
        index: MasterIndex,
        copies: PerKind<[UInt8]>,
        isUsed: (IndexedPack, Int) -> UInt32?
    ) {
        guard BlobKind.allCases.contains(where: { copies[$0].contains { $0 > 1 } }) else { return }
        enum Rank { case withOthers, onlyCopies, rest }
        for rank in [Rank.withOthers, .onlyCopies, .rest] {
            index.forEachPack { pack in
                var copyOrdinals: [(kind: BlobKind, first: UInt32)] = []
                var hasOnlyCopy = false
                var hasUnused = false
                for (place, blob) in pack.blobs.enumerated() {
                    guard let first = isUsed(pack, place) else {
                        hasUnused = true
                        continue
                    }
                    if copies[blob.kind][Int(first)] > 1 {
                        copyOrdinals.append((blob.kind, first))
                    } else {
                        hasOnlyCopy = true
                    }
                }
                guard !copyOrdinals.isEmpty else { return }
                let applies =
                    switch rank {
                    case .withOthers: hasOnlyCopy
                    case .onlyCopies: !hasOnlyCopy && !hasUnused
                    case .rest: !hasOnlyCopy && hasUnused
                    }
                guard applies else { return }
                for (kind, first) in copyOrdinals {
                    if rank == .rest || keepers[kind][first] == nil { settle(kind, first, pack.id, rank == .rest) }
                }
            }
        }
    }

    private var settled = PerKind<Set<UInt32>> { _ in [] }

    /// Earlier ranks decide for good; among the rest the last one seen wins.
    private mutating func settle(_ kind: BlobKind, _ first: UInt32, _ pack: PackID, _ isRest: Bool) {
        if isRest, settled[kind].contains(first) { return }
        keepers[kind][first] = pack
        if !isRest { settled[kind].insert(first) }
    }

    private static func content(of pack: IndexedPack) -> PackUsage.Content {
        let trees = pack.blobs.count { $0.kind == .tree }
        if trees == 0 { return .data }
        return trees == pack.blobs.count ? .tree : .mixed
    }
}
