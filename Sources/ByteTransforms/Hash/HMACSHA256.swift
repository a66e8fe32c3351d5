// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// HMAC with SHA-256 (RFC 2104), as request signing uses it.
package enum HMACSHA256 {
    /// Returns the authentication code of `message` under `key`; any key length is allowed.
    package static func authenticate(_ message: Span<UInt8>, key: Span<UInt8>) -> Digest256 {
        let block = Self.blockKey(for: key)
        let innerPad = block.map { $0 ^ 0x36 }
        let outerPad = block.map { $0 ^ 0x5c }
        let hasher = SHA256Hasher()
        hasher.update(innerPad.span)
        hasher.update(message)
        let inner = hasher.finalize().bytes
        hasher.update(outerPad.span)
        hasher.update(inner.span)
        return hasher.finalize()
    }

    /// The key as one 64-byte block: hashed when longer, then padded with zeros.
    private static func blockKey(for key: Span<UInt8>) -> [UInt8] {
        var block: [UInt8] = []
        if key.count > 64 {
            block = SHA256.digest(key).bytes
        } else {
            for index in 0..<key.count { block.append(key[index]) }
        }
        block.append(contentsOf: repeatElement(0, count: 64 - block.count))
        return block
    }
}
