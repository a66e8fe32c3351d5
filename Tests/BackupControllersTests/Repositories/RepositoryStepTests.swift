// SPDX-License-Identifier: Apache-2.0

import KubeModel
import LocationAccess
import Testing
import VeleroAPI

@testable import BackupControllers

@Suite struct RepositoryStepTests {
    private let version = RepositoryAccess.Version.testing("s3:a")
    private let other = RepositoryAccess.Version.testing("s3:b")

    private func step(
        _ phase: RepositoryPhase,
        same: Bool = true,
        _ memory: RepositoryMemory = RepositoryMemory(),
        at minute: Int = 60
    ) -> RepositoryStep {
        RepositoryStep.decide(
            phase,
            isIdentifierSame: same,
            version: version,
            memory: memory,
            now: .seconds(minute * 60),
            interval: .seconds(300)
        )
    }

    @Test func `a new one is connected to, whatever is remembered`() {
        #expect(step(.new) == .connect)
        #expect(step(.unknown("Strange"), same: false, RepositoryMemory(version: version)) == .connect)
    }

    @Test func `a ready one is believed, and looked at for locks every five minutes`() {
        #expect(step(.ready) == .unlock)
        #expect(step(.ready, RepositoryMemory(lastUnlock: .seconds(58 * 60))) == .wait(.seconds(180)))
        #expect(step(.ready, RepositoryMemory(lastUnlock: .seconds(55 * 60))) == .unlock)
    }

    @Test func `a changed location has it connected to anew`() {
        #expect(step(.ready, same: false) == .connect)
        #expect(step(.ready, RepositoryMemory(version: other, lastUnlock: .seconds(3599))) == .connect)
        #expect(step(.notReady, RepositoryMemory(version: other, lastConnection: .seconds(3599))) == .connect)
    }

    @Test func `one that is not ready is tried every five minutes`() {
        #expect(step(.notReady) == .connect)
        let memory = RepositoryMemory(version: version, lastConnection: .seconds(59 * 60))
        #expect(step(.notReady, memory) == .wait(.seconds(240)))
        #expect(step(.notReady, memory, at: 64) == .connect)
    }
}
