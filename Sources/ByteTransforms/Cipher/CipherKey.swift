// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// The 64 bytes that seal and open messages: AES-256-CTR key, then Poly1305-AES `k` and `r`.
///
/// Immutable; its memory is wiped when the last reference goes away.
///
/// Invariant: the bytes are written only during initialisation and freed only in `deinit`, hence `@unchecked Sendable`.
@safe
package final class CipherKey: @unchecked Sendable {
    /// Number of bytes in a key: 32 + 16 + 16.
    package static let byteCount = 64

    static let encryptionRange = 0..<32
    static let authenticationKRange = 32..<48
    static let authenticationRRange = 48..<64

    let storage: UnsafeMutableBufferPointer<UInt8>

    /// Takes 64 bytes: encryption key, authentication `k`, authentication `r`.
    ///
    /// - Throws: ``TransformError`` with `.unsupported` for another length or a part that is all zero.
    package init(bytes: Span<UInt8>) throws(TransformError) {
        guard bytes.count == Self.byteCount else {
            throw TransformError(.unsupported, "a repository key has \(Self.byteCount) bytes, not \(bytes.count)")
        }
        for range in [Self.encryptionRange, Self.authenticationKRange, Self.authenticationRRange] {
            guard range.contains(where: { bytes[$0] != 0 }) else {
                throw TransformError(.unsupported, "a part of the repository key is all zero")
            }
        }
        // SAFETY: allocated for exactly the bytes copied; released in deinit.
        unsafe storage = .allocate(capacity: Self.byteCount)
        unsafe bytes.withUnsafeBufferPointer { source in
            _ = unsafe storage.initialize(fromContentsOf: source)
        }
    }

    /// Draws a fresh key.
    package static func random(using generator: inout some RandomNumberGenerator) throws(TransformError) -> CipherKey {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        while bytes.count < byteCount {
            let word: UInt64 = generator.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        defer { bytes.wipe() }
        return try CipherKey(bytes: bytes.span)
    }

    deinit {
        // SAFETY: owned allocation of trivial elements.
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// Lends the 64 bytes to `body`, which must not keep a copy longer than needed.
    package func withBytes<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        // SAFETY: the allocation outlives the call because `self` does.
        let span = unsafe storage.span
        return try body(span)
    }
}

extension [UInt8] {
    /// Overwrites the contents with zeros in a way the optimiser keeps; for copies of secrets.
    package mutating func wipe() {
        // SAFETY: the array's own storage, exclusively accessed during the call.
        unsafe withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
