// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Testing

@testable import RepositoryEngine

@Suite("RetentionPolicy")
struct RetentionPolicyTests {
    private static let tree = BlobID(Digest256(words: (1, 2, 3, 4)))
    private static let now = Timestamp(civil: CivilTime(year: 2100, month: 1, day: 1))

    private func snapshot(_ time: String, tags: [String] = []) throws -> Snapshot {
        let time = try #require(Timestamp(rfc3339: time))
        var snapshot = Snapshot(time: time, tree: Self.tree, paths: ["/a"])
        snapshot.tags = tags
        return snapshot
    }

    private func policy(_ flags: Substring) throws -> RetentionPolicy {
        var policy = RetentionPolicy()
        let words = flags.split(separator: " ")
        for (flag, value) in zip(words, words.dropFirst()) where flag.hasPrefix("--keep-") {
            let value = String(value)
            let period = RetentionPeriod.allCases.first { flag.hasSuffix($0.name) }
            switch (flag, period) {
            case ("--keep-last", _): policy.last = try #require(RetentionPolicy.Limit(value))
            case ("--keep-tag", _): policy.tags.append(value.split(separator: ",").map(String.init))
            case ("--keep-within", _): policy.within = try #require(RetentionSpan(value))
            case (let flag, .some(let period)) where flag.hasPrefix("--keep-within-"):
                policy.periodsWithin[period] = RetentionSpan(value)
            case (_, .some(let period)): policy.periods[period] = RetentionPolicy.Limit(value)
            default: Issue.record("unknown flag \(flag)")
            }
        }
        return policy
    }

    @Test("keeps what restic keeps, for the same reasons", arguments: RetentionVectors.policies.split(separator: "\n"))
    func vectors(line: Substring) throws {
        let snapshots = try RetentionVectors.snapshots.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            return try snapshot(
                String(words[0]),
                tags: words.dropFirst().flatMap { $0.split(separator: ",").map(String.init) }
            )
        }
        let halves = line.split(separator: "|", omittingEmptySubsequences: false)
        var expected = [[String]](repeating: [], count: snapshots.count)
        for entry in halves[1].split(separator: ";") {
            let parts = entry.split(separator: "=")
            let index = try #require(Int(parts[0].filter { $0 != " " }))
            expected[index] = String(parts[1]).split(separator: " + ").map(String.init)
        }
        let verdicts = try policy(halves[0]).verdicts(on: snapshots, now: Self.now)
        #expect(verdicts.map(\.reasons) == expected)
        let reversed = try policy(halves[0]).verdicts(on: snapshots.reversed(), now: Self.now)
        #expect(reversed.reversed().map(\.isKept) == verdicts.map(\.isKept))
    }

    @Test("keeps everything without a rule")
    func empty() throws {
        let policy = RetentionPolicy()
        #expect(policy.isEmpty)
        #expect(policy.verdicts(on: [try snapshot("2020-01-01T00:00:00Z")], now: Self.now).map(\.isKept) == [true])
        #expect(policy.verdicts(on: [], now: Self.now).isEmpty)
        var other = policy
        other.within = RetentionSpan(hours: 1)
        #expect(!other.isEmpty)
        #expect(other.verdicts(on: [], now: Self.now).isEmpty)
    }

    @Test("measures ages from the newest snapshot that is not in the future")
    func future() throws {
        let snapshots = try ["2020-01-01T00:00:00Z", "2020-01-03T00:00:00Z", "2999-01-01T00:00:00Z"].map {
            try snapshot($0)
        }
        var policy = RetentionPolicy()
        policy.within = RetentionSpan(days: 2)
        let now = try #require(Timestamp(rfc3339: "2020-02-01T00:00:00Z"))
        #expect(policy.verdicts(on: snapshots, now: now).map(\.isKept) == [false, true, true])
        policy.within = RetentionSpan(days: 2, hours: 1)
        #expect(policy.verdicts(on: snapshots, now: now).map(\.isKept) == [true, true, true])
        let past = try #require(Timestamp(rfc3339: "2000-01-01T00:00:00Z"))
        #expect(policy.verdicts(on: snapshots, now: past).map(\.isKept) == [true, true, true])
    }

    @Test("an empty tag stands for snapshots without tags")
    func untagged() throws {
        let snapshots = try [snapshot("2020-01-01T00:00:00Z"), snapshot("2020-01-02T00:00:00Z", tags: ["a"])]
        var policy = RetentionPolicy()
        policy.tags = [[""]]
        #expect(policy.verdicts(on: snapshots, now: Self.now).map(\.isKept) == [true, false])
        policy.tags = [["a", "b"]]
        #expect(policy.verdicts(on: snapshots, now: Self.now).map(\.isKept) == [false, false])
    }

    @Test(
        "reads limits",
        arguments: [("0", 0), ("12", 12), ("unlimited", -1), ("-1", -1), ("-2", nil), ("x", nil), ("", nil)]
    )
    func limits(text: String, expected: Int?) {
        let limit: RetentionPolicy.Limit? = expected.map { $0 < 0 ? .unlimited : .count($0) }
        #expect(RetentionPolicy.Limit(text) == limit)
    }
}

@Suite("RetentionSpan")
struct RetentionSpanTests {
    @Test(
        "reads and writes spans",
        arguments: [
            ("2y5m7d3h", RetentionSpan(years: 2, months: 5, days: 7, hours: 3), "2y5m7d3h"), ("", RetentionSpan(), ""),
            ("3h2y", RetentionSpan(years: 2, hours: 3), "2y3h"), ("-5d", RetentionSpan(days: -5), "-5d"),
            ("1d2d", RetentionSpan(days: 2), "2d"), ("007d", RetentionSpan(days: 7), "7d"), ("0d", RetentionSpan(), ""),
        ]
    )
    func roundTrip(text: String, span: RetentionSpan, written: String) {
        #expect(RetentionSpan(text) == span)
        #expect(span.description == written)
        #expect(span.isZero == written.isEmpty)
    }

    @Test(
        "refuses other text",
        arguments: ["1", "d", "1w", "1d2", "1 d", "--1d", "1000001d", "99999999999999999999y", "1.5d", "+1d"]
    )
    func refuses(text: String) {
        #expect(RetentionSpan(text) == nil)
    }

    @Test(
        "subtracts by the calendar",
        arguments: [
            ("2020-03-31T12:00:00Z", "1m", "2020-03-02T12:00:00Z"),
            ("2021-03-31T12:00:00Z", "1m", "2021-03-03T12:00:00Z"),
            ("2020-02-29T00:00:00Z", "1y", "2019-03-01T00:00:00Z"),
            ("2020-01-15T01:00:00Z", "2m3h", "2019-11-14T22:00:00Z"),
            ("2020-01-01T00:30:00+05:30", "1d", "2019-12-31T00:30:00+05:30"),
            ("2020-01-01T00:00:00.5Z", "1000000h", "1905-12-03T08:00:00.5Z"),
        ]
    )
    func subtraction(time: String, span: String, expected: String) throws {
        let span = try #require(RetentionSpan(span))
        let time = try #require(Timestamp(rfc3339: time))
        #expect(span.before(time).rfc3339 == expected)
    }
}
