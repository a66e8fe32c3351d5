// SPDX-License-Identifier: Apache-2.0

import Testing
import VeleroCommands

@Suite("Quantities as restic reads and prints them")
struct QuantityTextTests {
    @Test(
        "byte counts are read",
        arguments: [
            ("0", 0), ("5000", 5000), ("16M", 16 << 20), ("2g", 2 << 30), ("1T", 1 << 40), ("300b", 300),
            ("7k", 7 << 10),
            ("-1", -1),
        ]
    )
    func readsByteCounts(text: String, expected: Int64) {
        #expect(ByteCountText.parse(text) == expected)
    }

    @Test("what is no byte count is refused", arguments: ["", "M", "1.5G", "12 M", "9000000000T", "1Ki", "x"])
    func refusesByteCounts(text: String) {
        #expect(ByteCountText.parse(text) == nil)
    }

    @Test(
        "byte counts are printed",
        arguments: [
            (0, "0 B"), (655, "655 B"), (1024, "1.000 KiB"), (1348, "1.316 KiB"), (3_001_772, "2.863 MiB"),
            (5 << 30, "5.000 GiB"), (3 << 39, "1.500 TiB"),
        ]
    )
    func printsByteCounts(count: Int, expected: String) {
        #expect(ByteCountText.format(count) == expected)
    }

    @Test("shares are printed and never exceed the whole")
    func printsPercent() {
        #expect(DecimalText.percent(3, of: 3) == "100.00%")
        #expect(DecimalText.percent(1, of: 3) == "33.33%")
        #expect(DecimalText.percent(7, of: 3) == "100.00%")
        #expect(DecimalText.percent(1, of: 0) == "")
        #expect(DecimalText.fixed(0.05247, decimals: 2) == "0.05")
        #expect(DecimalText.fixed(-0.001, decimals: 2) == "0.00")
    }

    @Test(
        "durations are read",
        arguments: [
            ("0", Duration.zero), ("5m", .seconds(300)), ("1h30m", .seconds(5400)), ("1.5h", .seconds(5400)),
            ("300ms", .milliseconds(300)), ("2h0m3s", .seconds(7203)), (".5s", .milliseconds(500)),
        ]
    )
    func readsDurations(text: String, expected: Duration) {
        #expect(DurationText.parse(text) == expected)
    }

    @Test("what is no duration is refused", arguments: ["", "5", "m", "5x", "5m3", "-5m", "1..5s", "99999999999h"])
    func refusesDurations(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test("clocks are printed")
    func printsClock() {
        #expect(DurationText.clock(.seconds(7)) == "0:07")
        #expect(DurationText.clock(.seconds(607)) == "10:07")
        #expect(DurationText.clock(.seconds(3723)) == "1:02:03")
    }
}
