// SPDX-License-Identifier: Apache-2.0

/// Arithmetic of polynomials over GF(2) held in a word; bit `i` is the coefficient of `x^i`, addition is XOR.
package enum BinaryPolynomial {
    /// The degree; −1 for zero.
    package static func degree(of bits: UInt64) -> Int {
        63 - bits.leadingZeroBitCount
    }

    /// The remainder of `dividend` divided by `divisor`, which must not be zero.
    package static func remainder(_ dividend: UInt64, modulo divisor: UInt64) -> UInt64 {
        let degree = degree(of: divisor)
        precondition(degree >= 0, "division by the zero polynomial")
        var rest = dividend
        while Self.degree(of: rest) >= degree { rest ^= divisor << UInt64(Self.degree(of: rest) - degree) }
        return rest
    }

    /// The product of two polynomials reduced by `divisor`, whose degree must be between 1 and 63.
    package static func product(_ left: UInt64, _ right: UInt64, modulo divisor: UInt64) -> UInt64 {
        let degree = degree(of: divisor)
        precondition(degree >= 1, "reduction needs a polynomial of degree at least 1")
        var shifted = remainder(left, modulo: divisor)
        var rest = remainder(right, modulo: divisor)
        var sum: UInt64 = 0
        while rest != 0 {
            if rest & 1 != 0 { sum ^= shifted }
            rest >>= 1
            // Times x; subtracting the divisor clears the bit that would leave its degree.
            let carries = shifted >> UInt64(degree - 1) & 1 != 0
            shifted = (shifted << 1) ^ (carries ? divisor : 0)
        }
        return sum
    }

    /// The greatest common divisor.
    package static func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (larger, smaller) = (left, right)
        while smaller != 0 { (larger, smaller) = (smaller, remainder(larger, modulo: smaller)) }
        return larger
    }
}
