// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeModel
import Testing

@testable import VeleroAPI

@Suite struct CronScheduleTests {
    private func zone(_ name: String) throws -> TimeZoneRules {
        try #require(TimeZoneRules([UInt8](Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)")))))
    }

    private func next(_ text: String, after time: String) throws -> String? {
        let cron = try CronSchedule(parsing: text)
        let rules = try cron.zoneName.map { try zone($0) } ?? .utc
        let start = try #require(KubeTime(parsing: time))
        return cron.next(after: start, in: rules)?.description
    }

    @Test(arguments: [
        ("0 7 * * *", "2026-01-31T06:59:59Z", "2026-01-31T07:00:00Z"),
        ("0 7 * * *", "2026-01-31T07:00:00Z", "2026-02-01T07:00:00Z"),
        ("*/15 * * * *", "2026-01-31T23:45:01Z", "2026-02-01T00:00:00Z"),
        ("20-35/15 * * * *", "2026-01-31T12:20:00Z", "2026-01-31T12:35:00Z"),
        ("5/20 3 * * ?", "2026-01-31T03:25:00Z", "2026-01-31T03:45:00Z"),
        ("0 0 * FEB *", "2026-03-01T00:00:00Z", "2027-02-01T00:00:00Z"),
        ("30 8,18 * * MON-FRI", "2026-01-30T18:30:00Z", "2026-02-02T08:30:00Z"),
        // A day of the month or one of the week; both only where one is a star.
        ("0 0 13 * 5", "2026-02-01T00:00:00Z", "2026-02-06T00:00:00Z"),
        ("0 0 */2 * 0", "2026-02-01T00:00:00Z", "2026-02-03T00:00:00Z"),
        ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("@daily", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("@weekly", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z"),
        ("@every 1h30m", "2026-01-31T12:00:07Z", "2026-01-31T13:30:07Z"),
        ("@every 10ms", "2026-01-31T12:00:07Z", "2026-01-31T12:00:08Z"),
        ("CRON_TZ=Asia/Tokyo 0 7 * * *", "2026-01-31T00:00:00Z", "2026-01-31T22:00:00Z"),
        ("TZ=Asia/Kolkata 30 0 1 * *", "2026-01-31T00:00:00Z", "2026-01-31T19:00:00Z"),
        ("TZ=UTC @hourly", "2026-01-31T00:30:00Z", "2026-01-31T01:00:00Z"),
        // Where clocks are put forward an hour is left out, where they are put back it comes twice.
        ("TZ=America/New_York 0 2 * * *", "2012-03-11T05:00:00Z", "2012-03-12T06:00:00Z"),
        ("TZ=America/New_York 0 3 * * *", "2012-03-11T05:00:00Z", "2012-03-11T07:00:00Z"),
        ("TZ=America/New_York 0 1 * * *", "2012-11-04T04:00:00Z", "2012-11-04T05:00:00Z"),
        ("TZ=America/New_York 0 1 * * *", "2012-11-04T05:00:00Z", "2012-11-04T06:00:00Z"),
        ("TZ=America/New_York 0 1 * * *", "2012-11-04T06:00:00Z", "2012-11-05T06:00:00Z"),
        // Clocks that are put forward at midnight: the day begins at one.
        ("TZ=America/Sao_Paulo 0 9 * * *", "2018-11-03T13:00:00Z", "2018-11-04T11:00:00Z"),
        ("TZ=America/Sao_Paulo 0 0 * * *", "2018-11-03T13:00:00Z", "2018-11-05T02:00:00Z"),
    ])
    func `the next moment`(_ text: String, _ after: String, _ expected: String) throws {
        #expect(try next(text, after: after) == expected)
    }

    @Test func `a day that never comes is never due`() throws {
        #expect(try next("0 0 31 2 *", after: "2026-01-01T00:00:00Z") == nil)
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 7", "5-3 * * * *",
        "*/0 * * * *", "a * * * *", "1--2 * * * *", "1/2/3 * * * *", ", * * * *", "-1 * * * *", "@never", "@every",
        "@every x", "TZ=../../etc/passwd 0 0 * * *", "TZ=/etc/x 0 0 * * *", "CRON_TZ= 0 0 * * *",
        "9999999999999999999 * * * *",
    ])
    func `what is no schedule is refused`(_ text: String) {
        #expect(throws: CronError.self) { try CronSchedule(parsing: text) }
    }

    @Test(arguments: [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu",
    ])
    func `offsets are those of the C library, far into the future`(_ name: String) throws {
        let rules = try zone(name)
        let reference = try #require(TimeZone(identifier: name))
        for step in 0..<600 {
            let moment = Int64(step) * 86_400 * 41 + 12_345
            let expected = reference.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment)))
            #expect(rules.offset(at: moment) == Int64(expected), "\(name) at \(moment)")
        }
    }

    @Test func `a file that was cut or changed is no zone or another, never a crash`() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin")))
        for length in stride(from: 0, to: bytes.count, by: 7) {
            _ = TimeZoneRules(Array(bytes[..<length]))?.offset(at: 1_700_000_000)
            var changed = bytes
            changed[length] ^= 0xFF
            _ = TimeZoneRules(changed)?.offset(at: 1_700_000_000)
        }
        #expect(TimeZoneRules(Array(bytes[..<100])) == nil)
    }
}
