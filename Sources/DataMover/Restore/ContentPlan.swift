// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

/// Which chunks of which packs a batch of files needs, grouped into reads.
struct ContentPlan: Sendable {
    /// One place where a chunk goes.
    struct Placement: Sendable {
        var file: Int
        /// Position in the file, in bytes.
        var offset: Int
    }

    /// One chunk to read and all the places it goes.
    struct Chunk: Sendable {
        var stored: PackedBlob
        var placements: [Placement]
    }

    /// Chunks of one pack in the order of their offsets, at most about ``readByteCount`` stored bytes.
    struct Read: Sendable {
        var chunks: [Chunk]
    }

    /// Stored bytes a single read takes on: what one worker holds in memory at a time, besides the plaintext of one chunk.
    static let readByteCount = 8 << 20

    private struct Wanted {
        var stored: PackedBlob
        var placement: Placement
        var packOrder: Int
    }

    private var wanted: [Wanted] = []
    private var packOrders: [PackID: Int] = [:]

    /// Adds one chunk of one file.
    mutating func append(_ stored: PackedBlob, file: Int, offset: Int) {
        let order: Int
        if let known = packOrders[stored.pack] {
            order = known
        } else {
            order = packOrders.count
            packOrders[stored.pack] = order
        }
        wanted.append(Wanted(stored: stored, placement: Placement(file: file, offset: offset), packOrder: order))
    }

    /// All reads, packs in the order of their first use, each chunk once.
    consuming func reads() -> [Read] {
        wanted.sort {
            ($0.packOrder, $0.stored.blob.offset, $0.placement.file) < (
                $1.packOrder, $1.stored.blob.offset, $1.placement.file
            )
        }
        var reads: [Read] = []
        var current: [Chunk] = []
        var currentByteCount = 0
        var currentPack = -1
        for entry in wanted {
            if entry.packOrder == currentPack, let last = current.indices.last,
                current[last].stored.blob.offset == entry.stored.blob.offset
            {
                current[last].placements.append(entry.placement)
                continue
            }
            let byteCount = Int(entry.stored.blob.storedLength)
            if entry.packOrder != currentPack || currentByteCount + byteCount > Self.readByteCount, !current.isEmpty {
                reads.append(Read(chunks: current))
                current = []
                currentByteCount = 0
            }
            currentPack = entry.packOrder
            current.append(Chunk(stored: entry.stored, placements: [entry.placement]))
            currentByteCount += byteCount
        }
        if !current.isEmpty { reads.append(Read(chunks: current)) }
        return reads
    }
}
