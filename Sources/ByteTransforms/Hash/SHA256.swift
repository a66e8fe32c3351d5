// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// SHA-256 of bytes that are all there.
package enum SHA256 {
    /// Hashes `bytes` in one call.
    ///
    /// Sets up a context per call; code that hashes many pieces keeps a ``SHA256Hasher``.
    package static func digest(_ bytes: Span<UInt8>) -> Digest256 {
        unsafe Digest256 { output in
            // SAFETY: the span's memory is readable during the call; `output` has room for 32 bytes.
            let done = unsafe bytes.withUnsafeBytes { input in
                unsafe EVP_Digest(input.baseAddress, input.count, output, nil, HashAlgorithm.sha256.pointer, nil)
            }
            precondition(done == 1, "libcrypto cannot compute SHA-256")
        }
    }
}

/// SHA-256 over pieces, reusable without set-up cost.
///
/// One instance per worker; not `Sendable`. The algorithm is looked up once per process and the context lives as long as
/// the hasher.
@safe
package final class SHA256Hasher {
    private let context: OpaquePointer

    package init() {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory for a hash context") }
        unsafe self.context = context
        reset()
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Adds `bytes` to the message.
    package func update(_ bytes: Span<UInt8>) {
        // SAFETY: the span's memory is readable during the call; the context is owned and initialised.
        let done = unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(done == 1, "libcrypto cannot update SHA-256")
    }

    /// Returns the digest of everything added, and starts a new message.
    package func finalize() -> Digest256 {
        let digest = unsafe Digest256 { output in
            // SAFETY: `output` has room for the 32 bytes this algorithm writes.
            let done = unsafe EVP_DigestFinal_ex(context, output, nil)
            precondition(done == 1, "libcrypto cannot finish SHA-256")
        }
        reset()
        return digest
    }

    /// Hashes one complete message: `update` and `finalize` in one call.
    ///
    /// Anything added before is part of the message.
    package func digest(_ bytes: Span<UInt8>) -> Digest256 {
        update(bytes)
        return finalize()
    }

    /// Forgets everything added so far.
    package func reset() {
        // SAFETY: the context is owned; the algorithm lives as long as the process.
        let done = unsafe EVP_DigestInit_ex2(context, HashAlgorithm.sha256.pointer, nil)
        precondition(done == 1, "libcrypto cannot start SHA-256")
    }
}

/// A hash function looked up in libcrypto once per process.
///
/// Invariant: the pointer is never freed and the object behind it is immutable and thread-safe.
@safe
final class HashAlgorithm: @unchecked Sendable {
    static let sha256 = HashAlgorithm(name: "SHA2-256")

    let pointer: OpaquePointer

    private init(name: String) {
        guard let pointer = unsafe EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("libcrypto has no \(name); check the provider section of openssl.cnf")
        }
        unsafe self.pointer = pointer
    }
}
