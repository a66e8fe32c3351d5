// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

/// The JSON in which a key file keeps the master key: `{"mac":{"k":…,"r":…},"encrypt":…}`.
extension CipherKey {
    private enum Member: String, CaseIterable {
        case mac, encrypt
    }

    private enum AuthenticationMember: String, CaseIterable {
        case k, r
    }

    private static let members = JSONMembers(Member.self)
    private static let authenticationMembers = JSONMembers(AuthenticationMember.self)

    /// Reads the JSON of a master key.
    ///
    /// - Throws: ``FormatError``: `.malformed` or `.truncated` for anything but that JSON, `.unsupported` for a weak key.
    package convenience init(json: [UInt8]) throws(FormatError) {
        var encrypt: [UInt8] = []
        var authenticationK: [UInt8] = []
        var authenticationR: [UInt8] = []
        defer {
            encrypt.wipe()
            authenticationK.wipe()
            authenticationR.wipe()
        }
        var reader = JSONReader(json)
        try reader.beginObject()
        while try reader.nextKey() {
            switch reader.member(of: Self.members) {
            case .encrypt: encrypt = try reader.readBase64()
            case .mac:
                try reader.beginObject()
                while try reader.nextKey() {
                    switch reader.member(of: Self.authenticationMembers) {
                    case .k: authenticationK = try reader.readBase64()
                    case .r: authenticationR = try reader.readBase64()
                    case nil: try reader.skipValue()
                    }
                }
            case nil: try reader.skipValue()
            }
        }
        try reader.finish()
        guard encrypt.count == 32, authenticationK.count == 16, authenticationR.count == 16 else {
            throw FormatError(.malformed, "master key: its parts must have 32, 16 and 16 bytes")
        }
        var bytes = encrypt + authenticationK + authenticationR
        defer { bytes.wipe() }
        do {
            try self.init(bytes: bytes.span)
        } catch {
            throw FormatError(error, reading: "master key")
        }
    }

    /// The JSON of this master key; a secret that the caller wipes.
    package func json() -> [UInt8] {
        withBytes { bytes in
            // Reserved in full, so that growing leaves no copies behind.
            var writer = JSONWriter(capacity: 256)
            writer.beginObject()
            writer.key("mac")
            writer.beginObject()
            writer.key("k")
            writer.base64(bytes.extracting(32..<48))
            writer.key("r")
            writer.base64(bytes.extracting(48..<64))
            writer.endObject()
            writer.key("encrypt")
            writer.base64(bytes.extracting(0..<32))
            writer.endObject()
            return writer.takeBytes()
        }
    }
}
