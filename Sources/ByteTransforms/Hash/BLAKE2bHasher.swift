// SPDX-License-Identifier: Apache-2.0

internal import CBlake2
internal import CCrypto

/// BLAKE2b with 32 bytes of output (RFC 7693), with or without a key, reusable.
///
/// One instance per worker; not `Sendable`.
@safe
package final class BLAKE2bHasher {
    /// Longest key, in bytes.
    package static let maximumKeyByteCount = 64

    // `initial` is the state before any input, key included; `current` the one being updated.
    private let initial: UnsafeMutablePointer<blake2b_state>
    private let current: UnsafeMutablePointer<blake2b_state>

    /// Creates a hasher without a key.
    package convenience init() {
        let none: [UInt8] = []
        self.init(checkedKey: none.span)
    }

    /// Creates a hasher keyed with 1–64 bytes.
    ///
    /// - Throws: ``TransformError`` with `.unsupported` for any other key length.
    package convenience init(key: Span<UInt8>) throws(TransformError) {
        guard (1...Self.maximumKeyByteCount).contains(key.count) else {
            throw TransformError(.unsupported, "a BLAKE2b key has 1 to 64 bytes, not \(key.count)")
        }
        self.init(checkedKey: key)
    }

    private init(checkedKey key: Span<UInt8>) {
        unsafe initial = Self.allocateState()
        unsafe current = Self.allocateState()
        // SAFETY: both states are allocated above and owned; the key is readable during the call.
        let failed: Int32 = unsafe key.withUnsafeBytes { bytes in
            if unsafe bytes.isEmpty { return unsafe blake2b_init(initial, Digest256.byteCount) }
            return unsafe blake2b_init_key(initial, Digest256.byteCount, bytes.baseAddress, bytes.count)
        }
        precondition(failed == 0, "libb2 refuses BLAKE2b with 32 bytes of output")
        reset()
    }

    deinit {
        // SAFETY: owned allocations of one state each, holding trivial data that may derive from a key.
        unsafe OPENSSL_cleanse(initial, MemoryLayout<blake2b_state>.size)
        unsafe OPENSSL_cleanse(current, MemoryLayout<blake2b_state>.size)
        unsafe UnsafeMutableRawPointer(initial).deallocate()
        unsafe UnsafeMutableRawPointer(current).deallocate()
    }

    /// Adds `bytes` to the message.
    package func update(_ bytes: Span<UInt8>) {
        if bytes.isEmpty { return }
        // SAFETY: the span's memory is readable during the call; the state is owned and initialised.
        let failed = unsafe bytes.withUnsafeBufferPointer { unsafe blake2b_update(current, $0.baseAddress, $0.count) }
        precondition(failed == 0, "libb2 cannot update BLAKE2b")
    }

    /// Returns the digest of everything added, and starts a new message under the same key.
    package func finalize() -> Digest256 {
        let digest = unsafe Digest256 { output in
            // SAFETY: `output` has room for 32 bytes, the length the state was created for.
            let failed = unsafe blake2b_final(current, output, Digest256.byteCount)
            precondition(failed == 0, "libb2 cannot finish BLAKE2b")
        }
        reset()
        return digest
    }

    /// Forgets everything added so far; the key stays.
    package func reset() {
        // SAFETY: both point to one state each and never to the same one.
        unsafe current.update(from: initial, count: 1)
    }

    private static func allocateState() -> UnsafeMutablePointer<blake2b_state> {
        // SAFETY: 64-byte alignment exceeds what the type and libb2's vector code need; zero bytes are a valid state.
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<blake2b_state>.stride,
            alignment: 64
        )
        return unsafe raw.initializeMemory(as: blake2b_state.self, repeating: blake2b_state(), count: 1)
    }
}
