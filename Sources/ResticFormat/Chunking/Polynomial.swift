// SPDX-License-Identifier: Apache-2.0

internal import ByteTransforms

/// An irreducible polynomial of degree 53 over GF(2); bit `i` is the coefficient of `x^i`.
package struct Polynomial: Hashable, Sendable {
    /// The degree every chunker polynomial has.
    package static let degree = 53

    package let bits: UInt64

    /// Takes a polynomial after checking it.
    ///
    /// - Throws: ``FormatError`` with `.unsupported` if the degree is not 53 or the polynomial is reducible.
    package init(bits: UInt64) throws(FormatError) {
        guard Self.isIrreducible(bits) else {
            throw FormatError(
                .unsupported,
                "chunker polynomial \(String(bits, radix: 16)) is not irreducible of degree 53"
            )
        }
        self.bits = bits
    }

    /// Reads hexadecimal digits as found in a config.
    ///
    /// - Throws: ``FormatError``: `.malformed` for other text, `.unsupported` as for ``init(bits:)``.
    package init(hex: String) throws(FormatError) {
        guard (1...16).contains(hex.utf8.count), hex.utf8.first != UInt8(ascii: "+"),
            let bits = UInt64(hex, radix: 16)
        else { throw FormatError(.malformed, "chunker polynomial is not 1 to 16 hexadecimal digits") }
        try self.init(bits: bits)
    }

    private init(irreducible bits: UInt64) {
        self.bits = bits
    }

    /// Hexadecimal digits without prefix or leading zeros, as a config holds them.
    package var hex: String { String(bits, radix: 16) }

    /// Draws a polynomial; one in about 13 candidates is irreducible.
    package static func random(using generator: inout some RandomNumberGenerator) -> Polynomial {
        while true {
            let word: UInt64 = generator.next()
            let candidate = word & (1 << 54 - 1) | 1 << 53 | 1
            if isIrreducible(candidate) { return Polynomial(irreducible: candidate) }
        }
    }

    /// Whether `bits` is irreducible of degree 53, by Ben-Or's test.
    package static func isIrreducible(_ bits: UInt64) -> Bool {
        guard BinaryPolynomial.degree(of: bits) == degree else { return false }
        // f is irreducible if it shares no factor with x^(2^i) − x for all i up to half its degree.
        var power: UInt64 = 2
        for _ in 1...(degree / 2) {
            power = BinaryPolynomial.product(power, power, modulo: bits)
            if BinaryPolynomial.greatestCommonDivisor(bits, power ^ 2) != 1 { return false }
        }
        return true
    }
}
