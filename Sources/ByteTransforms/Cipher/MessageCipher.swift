// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// Seals and opens messages: AES-256 in counter mode, authenticated by Poly1305-AES.
///
/// A sealed message is `IV (16) ‖ ciphertext ‖ MAC (16)`; the MAC covers the ciphertext and uses the IV as its nonce.
/// One instance per worker; not `Sendable`. Its library contexts live as long as it does, and neither direction
/// allocates anything but growth of the output array.
@safe
package final class MessageCipher {
    /// How many bytes longer a sealed message is than its plaintext: 32.
    package static let overheadByteCount = InitializationVector.byteCount + authenticationByteCount

    static let authenticationByteCount = 16
    // libcrypto takes lengths as Int32; a multiple of the block size keeps the counter aligned between calls.
    private static let maximumStepByteCount = 1 << 30

    private let key: CipherKey
    let counterMode: OpaquePointer
    private let nonceCipher: OpaquePointer
    private let authenticator: OpaquePointer

    /// Prepares the contexts for `key`.
    ///
    /// - Throws: ``TransformError`` with `.unavailable` when libcrypto lacks an algorithm.
    package init(key: CipherKey) throws(TransformError) {
        guard let algorithms = CipherAlgorithms.shared else {
            throw TransformError(
                .unavailable,
                "libcrypto lacks AES-256-CTR, AES-128-ECB or Poly1305; check openssl.cnf"
            )
        }
        guard let counterMode = unsafe EVP_CIPHER_CTX_new(), let nonceCipher = unsafe EVP_CIPHER_CTX_new(),
            let authenticator = unsafe EVP_MAC_CTX_new(algorithms.poly1305)
        else { preconditionFailure("out of memory for cipher contexts") }
        self.key = key
        unsafe self.counterMode = counterMode
        unsafe self.nonceCipher = nonceCipher
        unsafe self.authenticator = authenticator
        // SAFETY: the key holds 64 bytes: 32 for AES-256, then 16 for AES-128 at offset 32.
        let bytes = unsafe UnsafePointer(key.storage.baseAddress)
        let ready =
            unsafe EVP_EncryptInit_ex2(counterMode, algorithms.aes256CTR, bytes, nil, nil) == 1
            && EVP_EncryptInit_ex2(
                nonceCipher,
                algorithms.aes128ECB,
                bytes?.advanced(by: CipherKey.authenticationKRange.lowerBound),
                nil,
                nil
            ) == 1
            && EVP_CIPHER_CTX_set_padding(nonceCipher, 0) == 1
        guard ready else { throw TransformError(.unavailable, "libcrypto refuses to set up AES") }
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(counterMode)
        unsafe EVP_CIPHER_CTX_free(nonceCipher)
        unsafe EVP_MAC_CTX_free(authenticator)
    }

    /// Appends the sealed form of `plaintext` to `output`; exactly ``overheadByteCount`` bytes longer than it.
    ///
    /// - Parameter iv: Never used before under this key, and not all zero.
    package func seal(_ plaintext: Span<UInt8>, iv: InitializationVector, appendingTo output: inout [UInt8]) {
        precondition(!iv.isZero, "an all-zero initialization vector must never be used")
        let byteCount = plaintext.count
        output.append(addingCapacity: byteCount + Self.overheadByteCount) { span in
            // SAFETY: the span has room for IV, ciphertext and MAC, written in that order without a gap; the plaintext
            // cannot overlap it because `output` is exclusively accessed.
            unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
                guard let start = buffer.baseAddress else { return }
                let base = unsafe start + initializedCount
                unsafe iv.store(to: base)
                let body = unsafe base + InitializationVector.byteCount
                unsafe plaintext.withUnsafeBufferPointer { source in
                    if let input = source.baseAddress {
                        unsafe transform(input, to: body, byteCount: byteCount, iv: base)
                    }
                }
                unsafe authenticate(body, byteCount: byteCount, iv: base, to: body + byteCount)
                initializedCount += byteCount + Self.overheadByteCount
            }
        }
    }

    /// Appends the plaintext of a sealed `message` to `output`, which stays as it was when this throws.
    ///
    /// - Throws: ``TransformError``: `.truncated` for less than 32 bytes, `.malformed` for an all-zero IV,
    ///   `.notAuthentic` when the key is wrong or any byte was changed.
    package func open(_ message: Span<UInt8>, appendingTo output: inout [UInt8]) throws(TransformError) {
        try authenticate(message)
        let byteCount = message.count - Self.overheadByteCount
        output.append(addingCapacity: byteCount) { span in
            // SAFETY: the span has room for `byteCount` bytes; the message cannot overlap it because `output` is
            // exclusively accessed.
            unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
                unsafe message.withUnsafeBufferPointer { source in
                    guard let iv = source.baseAddress, let start = buffer.baseAddress else { return }
                    unsafe transform(
                        iv + InitializationVector.byteCount,
                        to: start + initializedCount,
                        byteCount: byteCount,
                        iv: iv
                    )
                    initializedCount += byteCount
                }
            }
        }
    }

    /// Checks the code of a sealed `message`.
    ///
    /// - Throws: ``TransformError`` as ``open(_:appendingTo:)`` does.
    func authenticate(_ message: Span<UInt8>) throws(TransformError) {
        guard message.count >= Self.overheadByteCount else {
            throw TransformError(.truncated, "a sealed message has at least 32 bytes, not \(message.count)")
        }
        let byteCount = message.count - Self.overheadByteCount
        // SAFETY: the message holds IV, `byteCount` bytes and MAC; all pointers stay inside it during the calls.
        let verdict: OpenVerdict = unsafe message.withUnsafeBufferPointer { source in
            guard let iv = source.baseAddress else { return .zeroVector }
            let first = unsafe UnsafeRawPointer(iv).loadUnaligned(as: UInt64.self)
            let second = unsafe UnsafeRawPointer(iv).loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            if first | second == 0 { return .zeroVector }
            let body = unsafe iv + InitializationVector.byteCount
            var expected: InlineArray<16, UInt8> = .init(repeating: 0)
            return unsafe withUnsafeMutablePointer(to: &expected) { pointer in
                unsafe pointer.withMemoryRebound(to: UInt8.self, capacity: Self.authenticationByteCount) { mac in
                    unsafe authenticate(body, byteCount: byteCount, iv: iv, to: mac)
                    let difference = unsafe CRYPTO_memcmp(mac, body + byteCount, Self.authenticationByteCount)
                    return difference == 0 ? .authentic : .forged
                }
            }
        }
        switch verdict {
        case .authentic: break
        case .zeroVector: throw TransformError(.malformed, "a sealed message has an all-zero initialization vector")
        case .forged: throw TransformError(.notAuthentic, "a sealed message does not authenticate")
        }
    }

    private enum OpenVerdict { case authentic, zeroVector, forged }

    /// AES-256-CTR of `byteCount` bytes; encryption and decryption are the same.
    private func transform(
        _ input: UnsafePointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>,
        byteCount: Int,
        iv: UnsafePointer<UInt8>
    ) {
        // SAFETY: the caller guarantees `byteCount` readable and writable bytes that do not overlap, and a 16-byte IV.
        var done = unsafe EVP_EncryptInit_ex2(counterMode, nil, nil, iv, nil)
        var position = 0
        while position < byteCount {
            let step = min(byteCount - position, Self.maximumStepByteCount)
            var written: Int32 = 0
            done &= unsafe EVP_EncryptUpdate(counterMode, output + position, &written, input + position, Int32(step))
            position += step
        }
        precondition(done == 1, "libcrypto cannot encrypt with AES-256-CTR")
    }

    /// Poly1305-AES of `byteCount` bytes with the IV as nonce; writes 16 bytes.
    private func authenticate(
        _ input: UnsafePointer<UInt8>,
        byteCount: Int,
        iv: UnsafePointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>
    ) {
        // The one-time key is r ‖ AES-128(k, IV); Poly1305 masks r itself.
        var oneTimeKey: InlineArray<32, UInt8> = .init(repeating: 0)
        // SAFETY: the one-time key is 32 contiguous bytes: 16 copied from `r`, 16 written by one AES block; the caller
        // guarantees the input, IV and output sizes.
        let done = unsafe withUnsafeMutablePointer(to: &oneTimeKey) { pointer in
            unsafe pointer.withMemoryRebound(to: UInt8.self, capacity: 32) { bytes in
                guard let keyBytes = unsafe key.storage.baseAddress else { return Int32(0) }
                unsafe bytes.update(from: keyBytes + CipherKey.authenticationRRange.lowerBound, count: 16)
                var written: Int32 = 0
                var macByteCount = 0
                var done = unsafe EVP_EncryptUpdate(nonceCipher, bytes + 16, &written, iv, 16)
                done &= unsafe EVP_MAC_init(authenticator, bytes, 32, nil)
                done &= unsafe EVP_MAC_update(authenticator, input, byteCount)
                done &= unsafe EVP_MAC_final(authenticator, output, &macByteCount, Self.authenticationByteCount)
                unsafe OPENSSL_cleanse(bytes, 32)
                return done
            }
        }
        precondition(done == 1, "libcrypto cannot compute Poly1305-AES")
    }
}

/// The algorithms of ``MessageCipher``, looked up in libcrypto once per process; nil if one is missing.
///
/// Invariant: the pointers are never freed and the objects behind them are immutable and thread-safe.
@safe
private final class CipherAlgorithms: @unchecked Sendable {
    static let shared = CipherAlgorithms()

    let aes256CTR: OpaquePointer
    let aes128ECB: OpaquePointer
    let poly1305: OpaquePointer

    private init?() {
        guard let aes256CTR = unsafe EVP_CIPHER_fetch(nil, "AES-256-CTR", nil),
            let aes128ECB = unsafe EVP_CIPHER_fetch(nil, "AES-128-ECB", nil),
            let poly1305 = unsafe EVP_MAC_fetch(nil, "POLY1305", nil)
        else { return nil }
        unsafe self.aes256CTR = aes256CTR
        unsafe self.aes128ECB = aes128ECB
        unsafe self.poly1305 = poly1305
    }
}
