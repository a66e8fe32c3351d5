// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ResticFormat

@Suite("LockFile")
struct LockFileTests {
    private static let shared =
        #"{"time":"2026-11-22T08:45:30.925396573Z","exclusive":false,"hostname":"vm","username":"root","pid":31685}"#
    private static let exclusive =
        #"{"time":"2020-01-01T00:00:00Z","exclusive":true,"hostname":"","username":"u\u0026","pid":1,"uid":5,"gid":6}"#

    @Test("reads and writes restic's own text unchanged", arguments: [shared, exclusive])
    func roundTrip(text: String) throws {
        let lock = try LockFile(decoding: Array(text.utf8))
        #expect(String(decoding: lock.encode(), as: UTF8.self) == text)
    }

    @Test("ignores unknown members and a newline")
    func tolerant() throws {
        let lock = try LockFile(decoding: Array(#"{"x":[{}],"pid":7,"exclusive":true}"#.utf8) + [0x0a])
        #expect(lock.processID == 7)
        #expect(lock.isExclusive)
        #expect(lock.time == .zero)
    }

    @Test("is stale when old, or when its process on this host is gone")
    func staleness() {
        let now = Timestamp(seconds: 1_000_000)
        func staleness(age: Int64, host: String, isAlive: Bool) -> LockFile.Staleness? {
            let time = Timestamp(seconds: now.seconds - age)
            let lock = LockFile(time: time, isExclusive: false, hostname: host, username: "", processID: 9)
            return lock.staleness(now: now, hostname: "here") { id in
                #expect(id == 9)
                return isAlive
            }
        }
        #expect(staleness(age: 1_800, host: "there", isAlive: false) == nil)
        #expect(staleness(age: 1_801, host: "there", isAlive: true) == .expired)
        #expect(staleness(age: 0, host: "here", isAlive: true) == nil)
        #expect(staleness(age: 0, host: "here", isAlive: false) == .processGone)
        #expect(staleness(age: -4_000, host: "there", isAlive: false) == nil)
    }

    @Test("tolerates other locks only among shared ones")
    func conflicts() throws {
        let shared = try LockFile(decoding: Array(Self.shared.utf8))
        let exclusive = try LockFile(decoding: Array(Self.exclusive.utf8))
        #expect(!shared.conflicts(withExclusive: false))
        #expect(shared.conflicts(withExclusive: true))
        #expect(exclusive.conflicts(withExclusive: false))
    }
}
