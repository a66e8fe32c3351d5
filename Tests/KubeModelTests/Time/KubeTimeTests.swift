// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@Suite("Moments")
struct KubeTimeTests {
    @Test(
        "text is read and written in UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("2026-02-28T23:59:59.123456789+02:30", 1_772_314_199, "2026-02-28T21:29:59Z"),
            ("2000-02-29T12:00:00Z", 951_825_600, "2000-02-29T12:00:00Z"),
            ("1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z"),
            ("0001-01-01T00:00:00Z", -62_135_596_800, "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59Z", 253_402_300_799, "9999-12-31T23:59:59Z"),
        ]
    )
    func text(_ text: String, _ seconds: Int64, _ canonical: String) throws {
        let time = try #require(KubeTime(parsing: text))
        #expect(time.seconds == seconds)
        #expect(time.description == canonical)
    }

    @Test("micro times keep six decimals")
    func micro() throws {
        let time = try #require(KubeTime(parsing: "2026-02-28T21:29:59.000012999Z"))
        #expect(time.microDescription == "2026-02-28T21:29:59.000012Z")
    }

    @Test("arithmetic carries over seconds")
    func arithmetic() {
        let time = KubeTime(seconds: 10, nanoseconds: 900_000_000)
        #expect(time.advanced(by: .milliseconds(200)) == KubeTime(seconds: 11, nanoseconds: 100_000_000))
        #expect(time.advanced(by: .milliseconds(-950)) == KubeTime(seconds: 9, nanoseconds: 950_000_000))
        #expect(time.duration(to: KubeTime(seconds: 12)) == .milliseconds(1100))
    }

    @Test(
        "other text is refused",
        arguments: [
            "", "2026-02-28", "2026-13-01T00:00:00Z", "2026-02-28T21:29:59", "2026-02-28T21:29:59.Z", "x",
            "2026-02-28T21:29:59+1",
        ]
    )
    func refused(_ text: String) {
        #expect(KubeTime(parsing: text) == nil)
    }
}
