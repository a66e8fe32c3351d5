// SPDX-License-Identifier: Apache-2.0

internal import CVectorKernels

/// The rolling hash that decides where files are cut: 64 bytes read as a polynomial over GF(2), modulo another of degree 53.
///
/// A *position* is a number of bytes from the start of the input; its digest is that of the 64 bytes before it. Positions
/// whose digest ends in 20 zero bits are *candidates* for a cut. Since a digest depends on nothing but those bytes, any
/// part of the input can be searched by itself, and several places are searched at once.
///
/// Immutable and shared between workers; holds 4 KiB of tables. Where the processor has the instructions for it, 64 places
/// are searched in step by a vector kernel, about four times as fast as the portable eight.
///
/// Invariant: the tables are written only during initialisation and freed only in `deinit`, hence `@unchecked Sendable`.
@safe
package final class RollingHash: @unchecked Sendable {
    /// Bytes that a digest covers.
    package static let windowByteCount = 64
    /// Bits that are zero in the digest of a candidate.
    package static let candidateMask: UInt64 = (1 << 20) - 1

    static let degree = 53
    /// A digest shifted right by this is the byte that the next shift to the left would push out of it.
    static let topByteShift: UInt64 = 45

    /// The polynomial; bit `i` is the coefficient of `x^i`.
    package let polynomial: UInt64

    // 256 entries that reduce a digest after it was shifted by a byte, then 256 that remove the byte leaving the window,
    // shifted likewise.
    let tables: UnsafeMutablePointer<UInt64>
    static let removalOffset = 256
    // Then the matrices of the vector kernel.
    static let matricesOffset = 512
    static let tablesCount = matricesOffset + Int(ROLLING_MATRICES)

    let usesVectorKernel: Bool

    /// Computes the tables.
    ///
    /// - Parameters:
    ///   - polynomial: Of degree 53.
    ///   - allowsVectorKernel: False to stay with portable code; the results are the same.
    package init(polynomial: UInt64, allowsVectorKernel: Bool = true) {
        precondition(BinaryPolynomial.degree(of: polynomial) == Self.degree, "the polynomial must have degree 53")
        self.polynomial = polynomial
        usesVectorKernel = allowsVectorKernel && rolling_search_is_supported()
        // SAFETY: room for both tables and the matrices; every entry is written below.
        unsafe tables = .allocate(capacity: Self.tablesCount)
        // x^512 is where a byte stands once the window has moved past it.
        var leaving: UInt64 = 1
        for _ in 0..<Self.windowByteCount { leaving = BinaryPolynomial.product(leaving, 1 << 8, modulo: polynomial) }
        let top = BinaryPolynomial.remainder(1 << UInt64(Self.degree), modulo: polynomial)
        for byte in 0..<UInt64(256) {
            let index = Int(byte)
            let reduced = BinaryPolynomial.product(byte, top, modulo: polynomial)
            unsafe (tables + index).initialize(to: reduced | byte << UInt64(Self.degree))
            let removal = BinaryPolynomial.product(byte, leaving, modulo: polynomial)
            unsafe (tables + Self.removalOffset + index).initialize(to: removal)
        }
        initializeMatrices()
    }

    deinit {
        unsafe tables.deallocate()
    }

    /// The digest of a run of bytes, which for 64 of them is that of the position after them.
    package func digest(of bytes: Span<UInt8>) -> UInt64 {
        // SAFETY: reads only inside the span.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            return unsafe digest(from: start, byteCount: buffer.count)
        }
    }

    /// The digest of `byteCount` bytes.
    @inline(__always)
    func digest(from start: UnsafePointer<UInt8>, byteCount: Int) -> UInt64 {
        var digest: UInt64 = 0
        for index in 0..<byteCount {
            // SAFETY: the caller guarantees `byteCount` readable bytes; a digest shifted by 45 is below 256.
            let entering = unsafe UInt64(start[index])
            let reduction = unsafe tables[Int(truncatingIfNeeded: digest >> Self.topByteShift)]
            digest = (digest << 8 | entering) ^ reduction
        }
        return digest
    }
}
