// SPDX-License-Identifier: Apache-2.0

import ResticFormat

extension ClosedPack {
    /// Both packs as one, before headers are added; nil when that would pass the target size.
    func merging(_ other: ClosedPack, targetByteCount: Int) -> ClosedPack? {
        let entries = blobs.count + other.blobs.count
        let size = bytes.count + other.bytes.count + PackHeader.overheadByteCount
        guard size + entries * PackHeader.compressedEntryByteCount <= targetByteCount,
            PackHeader.hasRoom(afterEntryCount: entries - 1)
        else { return nil }
        var merged = self
        for var blob in other.blobs {
            blob.offset += UInt32(bytes.count)
            merged.blobs.append(blob)
        }
        merged.bytes.append(contentsOf: other.bytes)
        return merged
    }
}
