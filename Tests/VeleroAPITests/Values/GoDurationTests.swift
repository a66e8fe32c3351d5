// SPDX-License-Identifier: Apache-2.0

import Testing
import VeleroAPI

@Suite struct GoDurationTests {
    @Test(arguments: [
        ("720h0m0s", 2_592_000_000_000_000, "720h0m0s"), ("1h", 3_600_000_000_000, "1h0m0s"), ("0", 0, "0s"),
        ("0s", 0, "0s"), ("90s", 90_000_000_000, "1m30s"), ("1.5h", 5_400_000_000_000, "1h30m0s"),
        ("-1.5s", -1_500_000_000, "-1.5s"), ("100ms", 100_000_000, "100ms"), ("1us", 1000, "1µs"),
        ("1500µs", 1_500_000, "1.5ms"), ("7ns", 7, "7ns"), ("+2m", 120_000_000_000, "2m0s"),
        (".5s", 500_000_000, "500ms"), ("1.s", 1_000_000_000, "1s"),
        ("1h2m3.000000004s", 3_723_000_000_004, "1h2m3.000000004s"),
    ])
    func `texts are read and written as Go does`(text: String, nanoseconds: Int64, written: String) {
        #expect(GoDuration(parsing: text)?.nanoseconds == nanoseconds)
        #expect(GoDuration(nanoseconds: nanoseconds).description == written)
        #expect(GoDuration(parsing: written)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "-", "1", "h", "1d", "1h 2m", "s1", "..5s", "1h-2m", "9999999h", "99999999999999999999s", "1µ",
    ])
    func `other texts are none`(text: String) {
        #expect(GoDuration(parsing: text) == nil)
    }

    @Test func `durations beyond the range are cut to it`() {
        #expect(GoDuration(.seconds(Int64.max)).nanoseconds == .max)
        #expect(GoDuration(.milliseconds(1500)).description == "1.5s")
        #expect(GoDuration(nanoseconds: .min).description == "-2562047h47m16.854775808s")
    }
}
