// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
package import ResticFormat

extension PackEntry {
    /// Length of the plaintext, in bytes.
    package var plaintextByteCount: Int {
        isCompressed ? Int(uncompressedLength) : max(0, Int(storedLength) - sealOverhead)
    }
}

/// Bytes a sealed message is longer than its plaintext: initialization vector and authentication code.
let sealOverhead = MessageCipher.overheadByteCount

/// The packs of one index file in flat arrays: the form between decoding and ``MasterIndex``.
package struct IndexBatch: Sendable {
    /// The stored index file these packs come from; nil while none is stored.
    package var indexFile: IndexID?
    package private(set) var packs: [PackID] = []
    /// Where each pack's blobs start in `blobs`.
    private(set) var starts: [Int] = []
    package private(set) var blobs: [PackEntry] = []

    package init(indexFile: IndexID? = nil) {
        self.indexFile = indexFile
    }

    /// Starts the next pack; the blobs appended from now on belong to it.
    package mutating func beginPack(_ id: PackID) {
        packs.append(id)
        starts.append(blobs.count)
    }

    /// Adds a blob to the pack begun last.
    ///
    /// - Precondition: ``beginPack(_:)`` was called.
    package mutating func append(_ blob: PackEntry) {
        precondition(!packs.isEmpty, "a blob belongs to a pack")
        blobs.append(blob)
    }

    /// Adds a pack with all its blobs.
    package mutating func append(pack: PackID, blobs: some Sequence<PackEntry>) {
        beginPack(pack)
        self.blobs.append(contentsOf: blobs)
    }

    /// The blobs of the pack at `index` in `packs`.
    package func blobs(ofPackAt index: Int) -> ArraySlice<PackEntry> {
        let end = index + 1 < starts.count ? starts[index + 1] : blobs.count
        return blobs[starts[index]..<end]
    }

    package var packCount: Int { packs.count }
    package var blobCount: Int { blobs.count }

    /// Puts each pack's blobs in the order of their offsets.
    mutating func sortByOffset() {
        for index in packs.indices {
            let end = index + 1 < starts.count ? starts[index + 1] : blobs.count
            let range = starts[index]..<end
            if !blobs[range].isSortedByOffset {
                blobs[range].sort { $0.offset < $1.offset }
            }
        }
    }
}

extension ArraySlice<PackEntry> {
    fileprivate var isSortedByOffset: Bool {
        var previous: UInt32 = 0
        for blob in self {
            if blob.offset < previous { return false }
            previous = blob.offset
        }
        return true
    }
}
