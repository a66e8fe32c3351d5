// SPDX-License-Identifier: Apache-2.0

import KubeModel
import LocationAccess
import ResticFormat
import Testing

@testable import BackupControllers

@Suite struct LockHolderTests {
    private let now = Timestamp(seconds: 1_000_000)

    private func lock(age seconds: Int64) -> LockFile {
        LockFile(
            time: Timestamp(seconds: 1_000_000 - seconds),
            isExclusive: false,
            hostname: "node-agent-x",
            username: "velero-1",
            processID: 1
        )
    }

    private func pod(startedBefore seconds: Int64?, phase: String = "Running") -> Pod {
        var pod = Pod(name: "node-agent-x", namespace: "velero")
        pod["status", "phase"] = .string(phase)
        let start = KubeTime(seconds: 1_000_000 - (seconds ?? 0)).description
        let state: JSONValue = seconds == nil ? ["waiting": [:]] : ["running": ["startedAt": .string(start)]]
        pod["status", "containerStatuses"] = [["name": "node-agent", "state": state]]
        return pod
    }

    @Test func `a lock is dead when the pod is gone and a refresh was missed`() {
        #expect(LockHolder.isGone(lock(age: 400), pod: nil, now: now))
        // Removed by force, it may run on where nobody sees it, and then refreshes its lock.
        #expect(!LockHolder.isGone(lock(age: 300), pod: nil, now: now))
    }

    @Test func `a lock is dead at once when its container was started after it`() {
        #expect(LockHolder.isGone(lock(age: 20), pod: pod(startedBefore: 10), now: now))
        #expect(!LockHolder.isGone(lock(age: 10), pod: pod(startedBefore: 20), now: now))
        #expect(!LockHolder.isGone(lock(age: 10), pod: pod(startedBefore: 10), now: now))
        #expect(!LockHolder.isGone(lock(age: 1000), pod: pod(startedBefore: 2000), now: now))
    }

    @Test func `what a pod that does not run says is believed only after a missed refresh`() {
        #expect(!LockHolder.isGone(lock(age: 100), pod: pod(startedBefore: nil), now: now))
        #expect(LockHolder.isGone(lock(age: 400), pod: pod(startedBefore: nil), now: now))
        #expect(!LockHolder.isGone(lock(age: 100), pod: pod(startedBefore: 5, phase: "Pending"), now: now))
    }

    @Test func `only locks with the mark of this cluster are judged by its pods`() {
        let mark = ClusterMark.make(secretUID: "0f3c2a1b-7d5e-4c3b-9a8f-112233445566")
        #expect(mark == "velero-0f3c2a1b-7d5e")
        #expect(ClusterMark.matches(mark, username: mark))
        for name in ["root", "velero", "velero-0f3c2a1b-7d5f"] { #expect(!ClusterMark.matches(mark, username: name)) }
        #expect(!ClusterMark.matches(ClusterMark.make(secretUID: nil), username: "velero"))
    }
}
