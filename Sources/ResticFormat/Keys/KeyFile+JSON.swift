// SPDX-License-Identifier: Apache-2.0

internal import ByteTransforms

extension KeyFile {
    private enum Member: String, CaseIterable {
        case created, username, hostname, salt, data
        case derivation = "kdf"
        case costFactor = "N"
        case blockFactor = "r"
        case parallelism = "p"
    }

    private static let members = JSONMembers(Member.self)

    /// Reads the JSON of a key file.
    ///
    /// - Throws: ``FormatError``: `.unsupported` for a key derivation other than scrypt, `.tooLarge` beyond
    ///   ``maximumByteCount``, `.malformed` or `.truncated` otherwise.
    package init(json: [UInt8]) throws(FormatError) {
        guard json.count <= Self.maximumByteCount else {
            throw FormatError(.tooLarge, "key file: more than \(Self.maximumByteCount) bytes")
        }
        var created = Timestamp.zero
        var username = ""
        var hostname = ""
        var derivation = ""
        var parameters = Scrypt.Parameters(costFactor: 0, blockFactor: 0, parallelism: 0)
        var salt: [UInt8] = []
        var data: [UInt8] = []
        var reader = JSONReader(json)
        try reader.beginObject()
        while try reader.nextKey() {
            switch reader.member(of: Self.members) {
            case .created: created = try reader.readTimestamp()
            case .username: username = try reader.readText()
            case .hostname: hostname = try reader.readText()
            case .derivation: derivation = try reader.readText()
            case .costFactor: parameters.costFactor = Int(try reader.readInt64())
            case .blockFactor: parameters.blockFactor = Int(try reader.readInt64())
            case .parallelism: parameters.parallelism = Int(try reader.readInt64())
            case .salt: salt = try reader.readBase64()
            case .data: data = try reader.readBase64()
            case nil: try reader.skipValue()
            }
        }
        try reader.finish()
        guard derivation == "scrypt" else {
            throw FormatError(.unsupported, "key file: key derivation is not scrypt")
        }
        guard salt.count == Self.saltByteCount else {
            throw FormatError(.malformed, "key file: salt has \(salt.count) bytes instead of \(Self.saltByteCount)")
        }
        self.init(
            created: created,
            username: username,
            hostname: hostname,
            parameters: parameters,
            salt: salt,
            sealedMasterKey: data
        )
    }

    /// The JSON of this key file: the bytes to store, named by their SHA-256.
    package func json() -> [UInt8] {
        var writer = JSONWriter(capacity: 640)
        writer.beginObject()
        writer.key("created")
        writer.value(created)
        writer.key("username")
        writer.string(username)
        writer.key("hostname")
        writer.string(hostname)
        writer.key("kdf")
        writer.string("scrypt")
        writer.key("N")
        writer.value(parameters.costFactor)
        writer.key("r")
        writer.value(parameters.blockFactor)
        writer.key("p")
        writer.value(parameters.parallelism)
        writer.key("salt")
        writer.base64(salt.span)
        writer.key("data")
        writer.base64(sealedMasterKey.span)
        writer.endObject()
        return writer.takeBytes()
    }
}
