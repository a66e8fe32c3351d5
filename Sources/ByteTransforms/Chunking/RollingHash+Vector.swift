// SPDX-License-Identifier: Apache-2.0

internal import CVectorKernels

extension RollingHash {
    /// Fewest positions worth a call of the vector kernel, and the unit it searches in.
    static let vectorUnitPositionCount = Int(ROLLING_LANES) * Int(ROLLING_BLOCK)
    /// Most units searched by one call.
    ///
    /// Enough that filling the lanes' windows costs little, few enough that little is searched in vain behind a candidate;
    /// odd, so that the lanes do not fight for the same cache sets.
    private static let maximumUnitCount = 25

    /// Searches some positions with the vector kernel; the first is that right at `start`.
    ///
    /// - Parameters:
    ///   - start: Where the first position is; 64 bytes before it and one less than `limit` from it on are readable.
    ///   - limit: More than ``vectorUnitPositionCount``.
    ///   - bitmap: Nil, or one zero bit per position, to be set for each candidate.
    /// - Returns: How many positions were searched, and the first candidate if there is one.
    func scanVector(
        _ start: UnsafePointer<UInt8>,
        limit: Int,
        bitmap: UnsafeMutablePointer<UInt64>?
    ) -> (searched: Int, first: Int?) {
        // The kernel also reads the byte after the last position.
        let units = min((limit - 1) / Self.vectorUnitPositionCount, Self.maximumUnitCount)
        let oddUnits = units - (units > 1 && units % 2 == 0 ? 1 : 0)
        let searched = oddUnits * Self.vectorUnitPositionCount
        // SAFETY: `searched` is less than `limit`; the matrices follow the tables; the bitmap has `limit` bits.
        let first = unsafe rolling_search(start, oddUnits, tables + Self.matricesOffset, bitmap)
        return (searched, first < searched ? first : nil)
    }

    /// Turns the tables, which are linear in their index, into 8×8 bit matrices for each byte of a digest times 8.
    func initializeMatrices() {
        let digestBits: UInt64 = (1 << UInt64(Self.degree)) - 1
        for byte in 0..<7 {
            // SAFETY: both tables are written already; 16 matrices have room behind them.
            let reduction = matrix(byte: byte) { unsafe tables[Int($0)] & digestBits }
            let removal = matrix(byte: byte) { unsafe tables[Self.removalOffset + Int($0)] }
            unsafe (tables + Self.matricesOffset + byte).initialize(to: reduction)
            unsafe (tables + Self.matricesOffset + 7 + byte).initialize(to: removal)
        }
        for byte in 0..<2 {
            unsafe (tables + Self.matricesOffset + 14 + byte).initialize(to: matrix(byte: byte) { $0 })
        }
    }

    /// The matrix that maps an index to byte `byte` of a table's entry times 8; row `i` of the result is its byte `7 − i`.
    private func matrix(byte: Int, of entry: (UInt64) -> UInt64) -> UInt64 {
        var matrix: UInt64 = 0
        for row in 0..<8 {
            for column in 0..<8 {
                let bit = (entry(1 << UInt64(column)) << 3) >> UInt64(8 * byte + row) & 1
                matrix |= bit << UInt64(8 * (7 - row) + column)
            }
        }
        return matrix
    }
}
