// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

extension RepositoryConfig {
    private enum Member: String, CaseIterable {
        case version, id, polynomial = "chunker_polynomial"
    }

    private static let members = JSONMembers(Member.self)

    /// Opens and reads a config file.
    ///
    /// - Throws: ``FormatError``: `.notAuthentic` when it was not sealed with this key, `.unsupported` for another version
    ///   or a polynomial that cannot be used, `.tooLarge`, `.malformed` or `.truncated` otherwise.
    package init(file: Span<UInt8>, cipher: MessageCipher) throws(FormatError) {
        guard file.count <= Self.maximumByteCount else {
            throw FormatError(.tooLarge, "config: more than \(Self.maximumByteCount) bytes")
        }
        var json: [UInt8] = []
        do {
            try cipher.open(file, appendingTo: &json)
        } catch {
            throw FormatError(error, reading: "config")
        }
        try self.init(json: json)
    }

    /// The file to store: sealed JSON, never compressed.
    package func file(cipher: MessageCipher, iv: InitializationVector) -> [UInt8] {
        var sealed: [UInt8] = []
        cipher.seal(json().span, iv: iv, appendingTo: &sealed)
        return sealed
    }

    /// Reads the JSON of a config.
    package init(json: [UInt8]) throws(FormatError) {
        var version: UInt64?
        var id: RepositoryID?
        var polynomial: Polynomial?
        var extra: [JSONExtraMember] = []
        var reader = JSONReader(json)
        try reader.beginObject()
        while try reader.nextKey() {
            switch reader.member(of: Self.members) {
            case .version: version = try reader.readUInt64()
            case .id: id = try reader.readID()
            case .polynomial: polynomial = try Polynomial(hex: try reader.readText())
            case nil: extra.append(try reader.captureMember())
            }
        }
        try reader.finish()
        guard let version, let id, let polynomial else {
            throw FormatError(.malformed, "config: version, id or chunker_polynomial is missing")
        }
        guard let known = Int(exactly: version).flatMap(RepositoryVersion.init(rawValue:)) else {
            throw FormatError(.unsupported, "config: repository version \(version) is neither 1 nor 2")
        }
        self.init(version: known, id: id, polynomial: polynomial, extra: extra)
    }

    /// The JSON of this config.
    package func json() -> [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.key("version")
        writer.value(version.rawValue)
        writer.key("id")
        writer.value(id)
        writer.key("chunker_polynomial")
        writer.string(polynomial.hex)
        writer.members(extra)
        writer.endObject()
        return writer.takeBytes()
    }
}
