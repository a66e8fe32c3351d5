// SPDX-License-Identifier: Apache-2.0

internal import CVectorKernels

extension SHA256 {
    /// Whether hashing several messages in one call is faster than one after the other, by about three quarters.
    package static let favoursSeveral = sha256_many_is_supported()

    /// Hashes several pieces of `bytes`; the digests are in the order of the pieces.
    ///
    /// Pieces are hashed two at a time where the processor has SHA instructions, since one message alone leaves them half
    /// idle. Pieces may overlap and be empty.
    package static func digests(of bytes: Span<UInt8>, pieces: [Range<Int>]) -> [Digest256] {
        for piece in pieces { precondition(piece.lowerBound >= 0 && piece.upperBound <= bytes.count) }
        guard favoursSeveral, pieces.count > 1 else {
            let hasher = SHA256Hasher()
            return pieces.map { hasher.digest(bytes.extracting($0)) }
        }
        // SAFETY: every piece lies within the span, which is readable during the call.
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            let messages = unsafe pieces.map { piece in
                unsafe buffer.baseAddress.map { unsafe $0 + piece.lowerBound }
            }
            return unsafe digests(messages: messages, lengths: pieces.map(\.count))
        }
    }

    /// Hashes two messages at once, as ``digests(of:pieces:)`` does.
    package static func digests(_ first: Span<UInt8>, _ second: Span<UInt8>) -> (Digest256, Digest256) {
        guard favoursSeveral else { return (digest(first), digest(second)) }
        // SAFETY: both spans are readable during the call.
        let both = unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
                unsafe digests(
                    messages: [first.baseAddress, second.baseAddress],
                    lengths: [first.count, second.count]
                )
            }
        }
        return (both[0], both[1])
    }

    private static func digests(messages: [UnsafePointer<UInt8>?], lengths: [Int]) -> [Digest256] {
        let byteCount = lengths.count * Digest256.byteCount
        let digests = [UInt8](capacity: byteCount) { output in
            // SAFETY: as many messages as lengths; room for all digests, all of which are written.
            unsafe output.withUnsafeMutableBufferPointer { buffer, initializedCount in
                unsafe sha256_many(messages, lengths, lengths.count, buffer.baseAddress)
                initializedCount = byteCount
            }
        }
        return lengths.indices.compactMap { index in
            let start = index * Digest256.byteCount
            return Digest256(bytes: digests.span.extracting(start..<(start + Digest256.byteCount)))
        }
    }
}
