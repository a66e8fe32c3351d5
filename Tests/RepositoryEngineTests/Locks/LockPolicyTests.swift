// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Testing

@testable import RepositoryEngine

@Suite("LockPolicy")
struct LockPolicyTests {
    private func lock(_ number: UInt64, exclusive: Bool, pid: Int64 = 1) -> StoredLock {
        StoredLock(
            id: LockID(Digest256(words: (number, 0, 0, 0))),
            lock: LockFile(
                time: Timestamp(seconds: 1000),
                isExclusive: exclusive,
                hostname: "h",
                username: "u",
                processID: pid
            )
        )
    }

    @Test("shared locks coexist, everything else conflicts")
    func conflicts() {
        let shared = lock(1, exclusive: false)
        let exclusive = lock(2, exclusive: true)
        #expect(LockPolicy.judge([shared], for: .shared) { _ in false }.conflict == nil)
        #expect(LockPolicy.judge([shared], for: .exclusive) { _ in false }.conflict?.id == shared.id)
        #expect(LockPolicy.judge([exclusive], for: .shared) { _ in false }.conflict?.id == exclusive.id)
        #expect(LockPolicy.judge([exclusive], for: .exclusive) { _ in false }.conflict?.id == exclusive.id)
        #expect(LockPolicy.judge([], for: .exclusive) { _ in false }.conflict == nil)
    }

    @Test("locks of holders that are gone are taken over, in the way or not")
    func takeOver() {
        let locks = [
            lock(1, exclusive: false, pid: 7), lock(2, exclusive: true, pid: 7), lock(3, exclusive: true, pid: 8),
        ]
        let verdict = LockPolicy.judge(locks, for: .shared) { $0.processID == 7 }
        #expect(verdict.abandoned.map(\.id) == [locks[0].id, locks[1].id])
        #expect(verdict.conflict?.id == locks[2].id)
    }

    @Test("a holder is gone only on this host, and in a container only after a missed refresh")
    func goneRule() {
        let identity = HolderIdentity(hostname: "h", username: "u", processID: 5, userID: 0, groupID: 0)
        let now = Timestamp(seconds: 1010)
        let later = Timestamp(seconds: 1000 + 361)
        func rule(seesAll: Bool) -> @Sendable (LockFile, Timestamp) -> Bool {
            LockOptions.goneOnThisHost(identity: identity, isProcessAlive: { $0 == 1 }, seesAllProcesses: seesAll)
        }
        var other = lock(1, exclusive: true, pid: 9).lock
        #expect(rule(seesAll: true)(other, now))
        #expect(!rule(seesAll: false)(other, now))
        #expect(rule(seesAll: false)(other, later))
        #expect(!rule(seesAll: true)(lock(1, exclusive: true, pid: 1).lock, later))
        #expect(!rule(seesAll: true)(lock(1, exclusive: true, pid: 5).lock, later))
        other.hostname = "elsewhere"
        #expect(!rule(seesAll: true)(other, later))
    }

    @Test("retries wait 5 s, doubling to a minute, the last one at the very end")
    func retryDelays() {
        var elapsed = Duration.zero
        var delays: [Duration] = []
        while let delay = LockPolicy.retryDelay(attempt: delays.count, elapsed: elapsed, total: .seconds(200)) {
            delays.append(delay)
            elapsed += delay
        }
        #expect(delays == [5, 10, 20, 40, 60, 60, 5].map { .seconds($0) })
        #expect(LockPolicy.retryDelay(attempt: 0, elapsed: .zero, total: .zero) == nil)
    }

    @Test("a lock is refreshed every 5 minutes, retried sooner, and given up after 22.5")
    func schedule() {
        var schedule = LockRefreshSchedule(acquiredAt: .zero)
        #expect(schedule.step(at: .seconds(10)) == .wait(.seconds(290)))
        #expect(schedule.step(at: .seconds(300)) == .refresh)
        schedule.refreshed(startedAt: .seconds(300))
        #expect(schedule.step(at: .seconds(301)) == .wait(.seconds(299)))
        schedule.failed(at: .seconds(610))
        #expect(schedule.step(at: .seconds(610)) == .wait(.seconds(30)))
        #expect(schedule.step(at: .seconds(640)) == .refresh)
        schedule.failed(at: .seconds(1640))
        #expect(schedule.step(at: .seconds(1640)) == .wait(.seconds(10)))
        #expect(schedule.isHeld(at: .seconds(1649)))
        #expect(!schedule.isHeld(at: .seconds(1650)))
        #expect(schedule.step(at: .seconds(1650)) == .recover)
        schedule.recoveryFailed()
        #expect(schedule.step(at: .seconds(1651)) == .lost)
    }
}
