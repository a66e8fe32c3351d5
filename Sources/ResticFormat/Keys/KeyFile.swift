// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

/// A key file: the repository's master key, sealed under a password.
///
/// The file itself is plain JSON; only its `data` member is encrypted.
package struct KeyFile: Hashable, Sendable {
    /// Most bytes a key file may have; real ones have about 500.
    package static let maximumByteCount = 64 << 10
    /// Number of bytes of salt: 64.
    package static let saltByteCount = 64
    /// Parameters for new key files that every machine affords: 32 MiB and a few hundred milliseconds.
    package static let defaultParameters = Scrypt.Parameters(costFactor: 32_768, blockFactor: 8, parallelism: 5)

    /// When, by whom and where the key was added; informational.
    package let created: Timestamp
    package let username: String
    package let hostname: String
    package let parameters: Scrypt.Parameters
    package let salt: [UInt8]
    /// The sealed JSON of the master key.
    package let sealedMasterKey: [UInt8]

    package init(
        created: Timestamp,
        username: String,
        hostname: String,
        parameters: Scrypt.Parameters,
        salt: [UInt8],
        sealedMasterKey: [UInt8]
    ) {
        self.created = created
        self.username = username
        self.hostname = hostname
        self.parameters = parameters
        self.salt = salt
        self.sealedMasterKey = sealedMasterKey
    }

    /// Unseals the master key.
    ///
    /// Takes as long as the key derivation: usually half a second, at most minutes.
    ///
    /// - Throws: ``FormatError``: `.notAuthentic` for a wrong password (or a damaged file), other codes for a file that no
    ///   password opens.
    package func masterKey(password: Span<UInt8>) throws(FormatError) -> CipherKey {
        var json: [UInt8] = []
        defer { json.wipe() }
        do {
            let cipher = try MessageCipher(key: Self.userKey(password: password, salt: salt, parameters: parameters))
            json.reserveCapacity(sealedMasterKey.count)
            try cipher.open(sealedMasterKey.span, appendingTo: &json)
        } catch {
            throw FormatError(error, reading: "key file")
        }
        return try CipherKey(json: json)
    }

    /// Derives the key that seals the master key from a password.
    package static func userKey(
        password: Span<UInt8>,
        salt: [UInt8],
        parameters: Scrypt.Parameters
    ) throws(TransformError) -> CipherKey {
        var derived = try Scrypt.derive(
            password: password,
            salt: salt.span,
            parameters: parameters,
            byteCount: CipherKey.byteCount
        )
        defer { derived.wipe() }
        return try CipherKey(bytes: derived.span)
    }
}
