// SPDX-License-Identifier: Apache-2.0

import ResticFormat

/// Decides when a pack being filled is complete; performs nothing.
///
/// A pack is closed as soon as its size reaches the target after a blob was added, before a blob that would make the header
/// or an offset too large.
struct PackAssembler: Sendable {
    enum Action: Equatable, Sendable {
        case keepOpen
        case close
    }

    let targetByteCount: Int
    /// The blobs so far, in the order of their offsets.
    private(set) var blobs: [PackEntry] = []
    /// Sealed bytes so far, without the header.
    private(set) var byteCount = 0

    init(targetByteCount: Int) {
        self.targetByteCount = targetByteCount
    }

    var isEmpty: Bool { blobs.isEmpty }

    /// Size of the pack file if closed now.
    var fileByteCount: Int {
        PackHeader.packByteCount(of: blobs)
    }

    /// Whether a sealed blob of this length still fits.
    func hasRoom(forStoredByteCount stored: Int) -> Bool {
        PackHeader.hasRoom(afterEntryCount: blobs.count) && byteCount + stored <= Int(UInt32.max)
    }

    /// Notes a sealed blob that was appended, and decides what comes next.
    ///
    /// - Precondition: ``hasRoom(forStoredByteCount:)``.
    mutating func append(id: BlobID, kind: BlobKind, storedByteCount: Int, uncompressedByteCount: Int) -> Action {
        precondition(hasRoom(forStoredByteCount: storedByteCount), "the pack has no room for this blob")
        blobs.append(
            PackEntry(
                kind: kind,
                id: id,
                offset: UInt32(byteCount),
                storedLength: UInt32(storedByteCount),
                uncompressedLength: UInt32(uncompressedByteCount)
            )
        )
        byteCount += storedByteCount
        return fileByteCountEstimate >= targetByteCount ? .close : .keepOpen
    }

    private var fileByteCountEstimate: Int {
        byteCount + blobs.count * PackHeader.compressedEntryByteCount + PackHeader.overheadByteCount
    }
}
