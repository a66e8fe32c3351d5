// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import TestSupport
import Testing

@Suite("Polynomial")
struct PolynomialTests {
    @Test(
        "accepts irreducible polynomials of degree 53",
        arguments: [
            "3da3358b4dc173", "2b0be27b4d26ef", "20675d18364e35", "3fbf7428db982f", "25b468838dcb75", "20000000000047",
        ]
    )
    func irreducible(hex: String) throws {
        #expect(try Polynomial(hex: hex).hex == hex)
    }

    @Test(
        "refuses reducible ones and other degrees",
        arguments: [
            "20000000000001", "3fffffffffffff", "3da3358b4dc171", "0", "1", "2", "7", "1da3358b4dc173",
            "7da3358b4dc173", "ffffffffffffffff",
        ]
    )
    func reducible(hex: String) {
        #expect(failure(hex) == .unsupported)
    }

    @Test(
        "refuses text that is not hexadecimal",
        arguments: ["", "x", "+3da3358b4dc173", "-1", "0x3da3358b4dc173", " 3d", "10000000000000000"]
    )
    func malformed(text: String) {
        #expect(failure(text) == .malformed)
    }

    @Test("draws the polynomial that another implementation draws from the same bytes")
    func random() {
        var generator = SplitMixGenerator(seed: 42)
        #expect(Polynomial.random(using: &generator).hex == "2431fa3c80db07")
        var expected = SplitMixGenerator(seed: 42)
        for _ in 0..<6 { _ = expected.next() }
        #expect(generator.next() == expected.next())
    }

    @Test("arithmetic obeys the laws of a ring and of division")
    func arithmetic() {
        var generator = SplitMixGenerator(seed: 5)
        for _ in 0..<200 {
            let modulus = generator.next() | 1 << 53 & ~(UInt64.max << 54)
            let (a, b, c) = (generator.next(), generator.next(), generator.next())
            func times(_ left: UInt64, _ right: UInt64) -> UInt64 {
                BinaryPolynomial.product(left, right, modulo: modulus >> 10 | 2)
            }
            #expect(times(a, b) == times(b, a))
            #expect(times(a, b ^ c) == times(a, b) ^ times(a, c))
            #expect(times(times(a, b), c) == times(a, times(b, c)))
        }
        #expect(BinaryPolynomial.degree(of: 0) == -1)
        #expect(BinaryPolynomial.greatestCommonDivisor(0b110, 0b101) == 0b11)
        #expect(BinaryPolynomial.remainder(0b1011, modulo: 0b11) == 1)
    }

    private func failure(_ hex: String) -> FormatError.Code? {
        do {
            _ = try Polynomial(hex: hex)
            return nil
        } catch {
            return error.code
        }
    }
}
