// SPDX-License-Identifier: Apache-2.0

import KubeModel
import TestSupport
import Testing

@Suite("Quantities")
struct QuantityTests {
    @Test(
        "text becomes canonical as the API server writes it",
        arguments: [
            ("0", "0"), ("0.0Gi", "0"), ("100m", "100m"), ("0.1", "100m"), ("1000m", "1"), ("1.5", "1500m"),
            ("1Gi", "1Gi"), ("1024Mi", "1Gi"), ("1.5Gi", "1536Mi"), ("0.5Gi", "512Mi"), ("1000Ki", "1000Ki"),
            ("0.1Ki", "102400m"), ("1Ki", "1Ki"), ("1023", "1023"), ("1000", "1k"), ("1000000", "1M"),
            ("1500k", "1500k"),
            ("1e3", "1e3"), ("10e2", "1e3"), ("1E", "1E"), ("1e-3", "1e-3"), ("1E2", "100"), ("-1.5Gi", "-1536Mi"),
            ("+3", "3"), (".5", "500m"), ("5.", "5"), ("0.0000000001", "1n"), ("-0.0000000001", "-1n"),
            ("1n", "1n"), ("1u", "1u"), ("1Ei", "1Ei"), ("100Ei", "9223372036854775807"),
            ("9223372036854775807", "9223372036854775807"), ("1e100", "9223372036854775807"),
            ("1500Mi", "1500Mi"), ("10000000000k", "10T"), ("0001", "1"),
        ]
    )
    func canonical(_ text: String, _ expected: String) throws {
        #expect(try #require(Quantity(parsing: text)).description == expected)
    }

    @Test(
        "text that is no quantity is refused",
        arguments: [
            "", "Gi", "1gi", "1 Gi", "--1", "1.2.3", "1e", "1KI", "0x10", "1mm", "+", ".", "1e1000000000000000",
        ]
    )
    func refused(_ text: String) {
        #expect(Quantity(parsing: text) == nil)
    }

    @Test("amounts compare and add however they are written")
    func arithmetic() throws {
        let half = try #require(Quantity(parsing: "512Mi"))
        let one = try #require(Quantity(parsing: "1Gi"))
        let hundred = try #require(Quantity(parsing: "100M"))
        #expect(half < one)
        #expect(hundred < half)
        #expect(half + half == one)
        #expect((half + half).description == "1Gi")
        #expect((one - half).description == "512Mi")
        #expect((Quantity(0) + half).description == "512Mi")
        #expect(try #require(Quantity(parsing: "1500m")).roundedUp == 2)
        #expect(try #require(Quantity(parsing: "-1500m")).roundedUp == -2)
        #expect(Quantity(.max) + Quantity(.max) == Quantity(.max))
    }

    @Test("what is written is read back as the same amount, for any input that is read at all")
    func damagedFuzz() throws {
        for seed in 0..<UInt64(FuzzCases.count(standard: 3000)) {
            var generator = SplitMixGenerator(seed: seed)
            let original = Array("123456789.987654321Gi".utf8)
            let text = String(
                decoding: FuzzCases.damaged(original, tokens: ["e", "Ei", "-", "."], using: &generator),
                as: UTF8.self
            )
            guard let quantity = Quantity(parsing: text) else { continue }
            #expect(Quantity(parsing: quantity.description) == quantity, "seed \(seed): \(text)")
        }
    }
}
