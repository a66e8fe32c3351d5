// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat
import Testing

@testable import NodeAgent

@Suite struct EarlierLockTests {
    private static let start = Timestamp(seconds: 1_800_000_000, nanoseconds: 0)
    private static let identity = HolderIdentity(
        hostname: "node-agent-x",
        username: "root",
        processID: 1,
        userID: 0,
        groupID: 0
    )

    /// Whether a lock written so many seconds before this process began is given up so many seconds after that.
    private func isGivenUp(host: String, process: Int64, writtenBefore: Int64, lookedAtAfter: Int64) -> Bool {
        let lock = LockFile(
            time: Timestamp(seconds: Self.start.seconds - writtenBefore, nanoseconds: 0),
            isExclusive: false,
            hostname: host,
            username: "root",
            processID: process,
            userID: 0,
            groupID: 0
        )
        let now = Timestamp(seconds: Self.start.seconds + lookedAtAfter, nanoseconds: 0)
        return MoveContext.isOfEarlierProcess(lock, Self.identity, startedAt: Self.start, now: now)
    }

    @Test func `the lock of the container this one replaces is given up once it has missed a refresh`() {
        #expect(isGivenUp(host: "node-agent-x", process: 1, writtenBefore: 60, lookedAtAfter: 400))
        #expect(!isGivenUp(host: "node-agent-x", process: 1, writtenBefore: 60, lookedAtAfter: 100))
    }

    @Test func `this process's own locks and those of others are kept`() {
        #expect(!isGivenUp(host: "node-agent-x", process: 1, writtenBefore: -10, lookedAtAfter: 4000))
        #expect(!isGivenUp(host: "another", process: 1, writtenBefore: 60, lookedAtAfter: 400))
        #expect(!isGivenUp(host: "node-agent-x", process: 7, writtenBefore: 60, lookedAtAfter: 400))
    }
}
