// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

extension KeyFile {
    /// Who makes a key file, and when.
    package struct Origin: Hashable, Sendable {
        package var created: Timestamp
        package var username: String
        package var hostname: String

        package init(created: Timestamp, username: String, hostname: String) {
            self.created = created
            self.username = username
            self.hostname = hostname
        }
    }

    /// Seals `masterKey` under `password` with a fresh salt.
    ///
    /// - Parameter generator: Source of salt and initialization vector; cryptographically secure except in tests.
    /// - Throws: ``FormatError`` with `.unsupported` or `.tooLarge` for parameters that cannot be used.
    package static func sealing(
        _ masterKey: CipherKey,
        password: Span<UInt8>,
        parameters: Scrypt.Parameters = defaultParameters,
        origin: Origin,
        using generator: inout some RandomNumberGenerator
    ) throws(FormatError) -> KeyFile {
        var salt: [UInt8] = []
        salt.reserveCapacity(saltByteCount)
        while salt.count < saltByteCount {
            let word: UInt64 = generator.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                salt.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        let iv = InitializationVector(using: &generator)
        return try sealing(masterKey, password: password, parameters: parameters, origin: origin, salt: salt, iv: iv)
    }

    /// Seals `masterKey` under `password` with everything random given by the caller.
    package static func sealing(
        _ masterKey: CipherKey,
        password: Span<UInt8>,
        parameters: Scrypt.Parameters,
        origin: Origin,
        salt: [UInt8],
        iv: InitializationVector
    ) throws(FormatError) -> KeyFile {
        var sealed: [UInt8] = []
        do {
            let cipher = try MessageCipher(key: userKey(password: password, salt: salt, parameters: parameters))
            var json = masterKey.json()
            defer { json.wipe() }
            cipher.seal(json.span, iv: iv, appendingTo: &sealed)
        } catch {
            throw FormatError(error, reading: "new key file")
        }
        return KeyFile(
            created: origin.created,
            username: origin.username,
            hostname: origin.hostname,
            parameters: parameters,
            salt: salt,
            sealedMasterKey: sealed
        )
    }
}
