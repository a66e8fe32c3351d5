// SPDX-License-Identifier: Apache-2.0

/// The files that say which pack holds which blob.
package enum IndexFile {
    /// Blobs after which a writer saves an index and starts the next.
    package static let fullBlobCount = 50_000
    /// Age at which a writer saves an index and starts the next.
    package static let fullAge = Duration.seconds(10 * 60)
    /// Entries the header of one pack can hold: 16 MiB in entries of 41 bytes.
    package static let maximumPackEntryCount = 409_200
    /// Blobs beyond which an index was not made by the rules and is split when the index is rewritten.
    package static let oversizedBlobCount = fullBlobCount + maximumPackEntryCount

    /// What an index held besides its entries.
    package struct Contents: Equatable, Sendable {
        package var packCount = 0
        package var blobCount = 0
        /// Indexes replaced by this one; a relic that current writers do not produce and nobody may act on.
        package var supersedes: [IndexID] = []
    }

    private enum Member: String, CaseIterable {
        case supersedes, packs
        static let table = JSONMembers(Member.self)
    }

    private enum PackMember: String, CaseIterable {
        case id, blobs
        static let table = JSONMembers(PackMember.self)
    }

    private enum BlobMember: String, CaseIterable {
        case id, type, offset, length
        case uncompressedLength = "uncompressed_length"
        static let table = JSONMembers(BlobMember.self)
    }

    private enum KindWord: String, CaseIterable {
        case data, tree
        static let table = JSONMembers(KindWord.self)
    }

    /// Reads an index, handing out each pack and then its blobs as they come.
    ///
    /// Packs that rustic marked for deletion (`packs_to_delete`) are passed over, as restic does. On an error some entries may
    /// have been handed out already.
    ///
    /// - Parameters:
    ///   - text: The text of the file, decompressed.
    ///   - onPack: Called once for each pack listed, before its blobs.
    ///   - onBlob: Called once for each blob listed.
    /// - Throws: ``FormatError`` for malformed text, the array form of very old indexes, and entries beyond 4 GiB.
    /// - Complexity: One pass, no allocation per entry.
    @discardableResult
    package static func decode(
        _ text: [UInt8],
        onPack: (PackID) -> Void = { _ in },
        onBlob: (BlobID, BlobLocation) -> Void
    ) throws(FormatError) -> Contents {
        var reader = JSONReader(text)
        var contents = Contents()
        guard try reader.peek() != .array else {
            throw FormatError(.unsupported, "an index of a very old form; rebuild it with an older restic")
        }
        try reader.beginObject()
        while try reader.nextKey() {
            let member = reader.member(of: Member.table)
            if try reader.readNull() { continue }
            switch member {
            case .packs:
                try reader.beginArray()
                while try reader.nextElement() {
                    contents.blobCount += try readPack(&reader, onPack: onPack, onBlob: onBlob)
                    contents.packCount += 1
                }
            case .supersedes:
                try reader.beginArray()
                while try reader.nextElement() { contents.supersedes.append(try reader.readID()) }
            case nil: try reader.skipValue()
            }
        }
        try reader.finish()
        return contents
    }

    private static func readPack(
        _ reader: inout JSONReader,
        onPack: (PackID) -> Void,
        onBlob: (BlobID, BlobLocation) -> Void
    ) throws(FormatError) -> Int {
        var pack: PackID?
        var blobCount = 0
        var early: JSONReader?
        try reader.beginObject()
        while try reader.nextKey() {
            let member = reader.member(of: PackMember.table)
            if try reader.readNull() { continue }
            switch member {
            case .id:
                guard pack == nil else { throw reader.failure("a pack of an index has two ids") }
                let id = try reader.readID(PackNaming.self)
                pack = id
                onPack(id)
            case .blobs:
                if let pack {
                    blobCount += try readBlobs(&reader, of: pack, onBlob: onBlob)
                } else {
                    early = reader
                    try reader.skipValue()
                }
            case nil: try reader.skipValue()
            }
        }
        guard let pack else { throw reader.failure("a pack of an index has no id") }
        if var early { blobCount += try readBlobs(&early, of: pack, onBlob: onBlob) }
        return blobCount
    }

    private static func readBlobs(
        _ reader: inout JSONReader,
        of pack: PackID,
        onBlob: (BlobID, BlobLocation) -> Void
    ) throws(FormatError) -> Int {
        let members = BlobMember.table
        var count = 0
        try reader.beginArray()
        while try reader.nextElement() {
            var id: BlobID?
            var kind: BlobKind?
            var offset: UInt32 = 0
            var storedLength: UInt32 = 0
            var uncompressedLength: UInt32 = 0
            try reader.beginObject()
            while try reader.nextKey() {
                switch reader.member(of: members) {
                case .id: id = try reader.readID()
                case .type: kind = try readKind(&reader)
                case .offset: offset = try reader.readUInt32()
                case .length: storedLength = try reader.readUInt32()
                case .uncompressedLength: uncompressedLength = try reader.readUInt32()
                case nil: try reader.skipValue()
                }
            }
            guard let id, let kind else { throw reader.failure("a blob of an index has no id or type") }
            guard !offset.addingReportingOverflow(storedLength).overflow else {
                throw reader.failure("a blob of an index lies beyond 4 GiB", .tooLarge)
            }
            onBlob(
                id,
                BlobLocation(
                    pack: pack,
                    offset: offset,
                    storedLength: storedLength,
                    uncompressedLength: uncompressedLength,
                    kind: kind
                )
            )
            count += 1
        }
        return count
    }

    @inline(__always)
    private static func readKind(_ reader: inout JSONReader) throws(FormatError) -> BlobKind {
        switch try reader.readWord(of: KindWord.table) {
        case .data: return .data
        case .tree: return .tree
        case nil: throw reader.failure("unknown blob type before this", .unsupported)
        }
    }
}
