// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ResticFormat

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "reads and writes RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0, 0), ("1969-12-31T23:59:59.5Z", -1, 500_000_000, 0),
            ("2020-01-01T00:00:00+05:30", 1_577_817_000, 0, 19_800),
            ("2026-11-22T08:40:37.026729986Z", 1_795_336_837, 26_729_986, 0),
            ("2026-11-22T08:40:34.49227134Z", 1_795_336_834, 492_271_340, 0),
            ("2000-02-29T12:00:00-11:59", 951_868_740, 0, -43_140), ("0000-01-01T00:00:00Z", -62_167_219_200, 0, 0),
            ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999, 0),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0, 0),
            ("1900-03-01T00:00:00Z", -2_203_891_200, 0, 0),
        ] as [(String, Int64, UInt32, Int32)]
    )
    func roundTrip(text: String, seconds: Int64, nanoseconds: UInt32, offset: Int32) throws {
        let time = try #require(Timestamp(rfc3339: text))
        #expect(time.seconds == seconds)
        #expect(time.nanoseconds == nanoseconds)
        #expect(time.utcOffsetSeconds == offset)
        #expect(time.rfc3339 == text)
    }

    @Test("normalises what Go also accepts")
    func normalises() {
        #expect(Timestamp(rfc3339: "2020-01-01T00:00:00+00:00")?.rfc3339 == "2020-01-01T00:00:00Z")
        #expect(Timestamp(rfc3339: "2020-01-01T00:00:00.1200Z")?.rfc3339 == "2020-01-01T00:00:00.12Z")
        #expect(Timestamp(rfc3339: "2020-01-01T00:00:00.1234567899999Z")?.rfc3339 == "2020-01-01T00:00:00.123456789Z")
    }

    @Test(
        "refuses other text",
        arguments: [
            "", "2020", "2020-01-01", "2020-01-01T00:00:00", "2020-13-01T00:00:00Z", "2020-00-01T00:00:00Z",
            "2021-02-29T00:00:00Z",
            "2020-01-32T00:00:00Z", "2020-01-00T00:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01T00:60:00Z",
            "2020-01-01T00:00:60Z",
            "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00,5Z", "2020-01-01T00:00:00+24:00", "2020-01-01T00:00:00+0530",
            "2020-01-01T00:00:00Zx", "2020-01-01t00:00:00Z", "2020-01-01 00:00:00Z", "02020-01-01T00:00:00Z",
            "2020-01-01T00:00:00.5",
            "2020-01-01T00:00:00+05:60", "2020-01-01T00:00:00+05:3",
        ]
    )
    func refuses(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("compares by moment, not by offset")
    func comparison() throws {
        let utc = try #require(Timestamp(rfc3339: "2020-01-01T00:00:00Z"))
        let india = try #require(Timestamp(rfc3339: "2020-01-01T05:30:00+05:30"))
        #expect(utc == india)
        #expect(utc.hashValue == india.hashValue)
        #expect(utc < Timestamp(seconds: utc.seconds, nanoseconds: 1))
        #expect(india.utc.rfc3339 == "2020-01-01T00:00:00Z")
    }

    @Test("holds years within what the format can say")
    func extremes() {
        #expect(Timestamp(seconds: .max).rfc3339 == "9999-12-31T23:59:59Z")
        #expect(Timestamp(seconds: .min).rfc3339 == "0000-01-01T00:00:00Z")
        #expect(Timestamp(seconds: .min, utcOffsetSeconds: 3_600).rfc3339 == "0000-01-01T00:00:00+01:00")
    }

    @Test("adds and subtracts durations across seconds")
    func arithmetic() {
        let time = Timestamp(seconds: 10, nanoseconds: 100)
        #expect(time.advanced(by: .nanoseconds(-200)) == Timestamp(seconds: 9, nanoseconds: 999_999_900))
        #expect(time.advanced(by: .milliseconds(2_500)) == Timestamp(seconds: 12, nanoseconds: 500_000_100))
        #expect(time.duration(since: Timestamp(seconds: 11)) == .nanoseconds(-999_999_900))
        #expect(Timestamp(seconds: 1, nanoseconds: 2_000_000_001) == Timestamp(seconds: 3, nanoseconds: 1))
    }

    @Test("agrees with day-by-day counting over four centuries")
    func calendar() {
        var expected = CivilTime(year: 1799, month: 12, day: 31)
        var seconds = expected.secondsSinceEpoch
        for _ in 0..<150_000 {
            seconds += 86_400
            expected.day += 1
            if expected.day > CivilTime.dayCount(ofMonth: expected.month, year: expected.year) {
                expected.day = 1
                expected.month = expected.month % 12 + 1
                if expected.month == 1 { expected.year += 1 }
            }
            guard CivilTime(secondsSinceEpoch: seconds) == expected, expected.secondsSinceEpoch == seconds else {
                Issue.record("differs at \(expected)")
                return
            }
        }
        #expect(expected.year == 2210)
    }

    @Test(
        "numbers ISO weeks",
        arguments: [
            (2016, 1, 3, 2015, 53), (2016, 1, 4, 2016, 1), (2018, 12, 31, 2019, 1), (2020, 12, 31, 2020, 53),
            (2021, 1, 3, 2020, 53),
            (2021, 1, 4, 2021, 1), (1970, 1, 1, 1970, 1), (1969, 12, 28, 1969, 52), (2024, 6, 15, 2024, 24),
        ]
    )
    func isoWeek(year: Int, month: Int, day: Int, weekYear: Int, week: Int) {
        let result = CivilTime(year: year, month: month, day: day, hour: 23).isoWeek
        #expect(result.year == weekYear)
        #expect(result.week == week)
    }
}
