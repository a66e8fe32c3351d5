// SPDX-License-Identifier: Apache-2.0

import Foundation
import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine
@testable import VeleroCommands

@Suite("Locks of others", .timeLimit(.minutes(5)))
struct LockCommandTests {
    /// Who left a lock behind, and when.
    struct Leftover: CustomTestStringConvertible, Sendable {
        var isHere: Bool
        var age: Duration
        var kind = LockKind.exclusive

        /// A process id beyond what Linux gives out by default.
        static let deadProcess: Int64 = 4_194_400

        var testDescription: String { "\(kind), \(isHere ? "dead process here" : "another host"), \(age) old" }

        func leave(in bench: Workbench) async throws {
            var options = OpenOptions()
            let age = age
            options.wallClock = WallClock { WallClock.system.now().advanced(by: .zero - age) }
            options.identity.processID = Self.deadProcess
            if !isHere { options.identity.hostname = "elsewhere" }
            let repository = try await Repository.open(
                on: DirectoryStorage(root: bench.repository),
                password: RepositoryPassword(Workbench.password),
                options: options
            )
            _ = try await repository.lockStore.write(kind)
        }
    }

    private func makeBench() async throws -> Workbench {
        let bench = try Workbench.withSmallSource(usesCache: false)
        try await bench.makeHistory(snapshotCount: 1)
        return bench
    }

    private func lockCount(_ bench: Workbench) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: bench.repository + "/locks").count
    }

    @Test("a running writer keeps exclusive work out, with 11 as restic, and lets readers in")
    func held() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let holder = try HeldLock(bench)
        for words in [
            ["prune"], ["forget", "--keep-last", "1"], ["check"], ["repair", "index"], ["key", "remove", "00"],
        ] {
            let outcome = try bench.run(words)
            #expect(outcome.code == 11 && outcome.errorText.contains("locked"), "\(words): \(outcome.errorText)")
            #expect(try bench.attemptRestic(words).code == 11)
        }
        for words in [["snapshots"], ["backup", "src"], ["check", "--no-lock"]] {
            #expect(try bench.run(words).code == 0, "\(words)")
        }
        #expect(try bench.run(["unlock"]).code == 0)
        #expect(try lockCount(bench) == 1, "its holder lives")
        holder.end()
        #expect(try lockCount(bench) == 0)
    }

    @Test(
        "what a dead process of this host left behind is taken over, whatever the next command is",
        arguments: [LockKind.shared, .exclusive],
        [["snapshots"], ["backup", "src", "--host", "h"], ["prune"], ["check"]]
    )
    func takeOver(kind: LockKind, words: [String]) async throws {
        let bench = try await makeBench()
        try await Leftover(isHere: true, age: .seconds(5), kind: kind).leave(in: bench)
        let theirs = try bench.attemptRestic(["check"])
        #expect(theirs.code == 11, "restic asks for unlock")
        let outcome = try bench.run(words)
        #expect(outcome.code == 0, "\(outcome.errorText)")
        #expect(outcome.errorText.contains("removed the lock of process \(Leftover.deadProcess)"))
        #expect(try lockCount(bench) == 0)
        try bench.expectSound()
    }

    @Test(
        "the lock of another host stays until unlock, as with restic",
        arguments: [
            Leftover(isHere: false, age: .seconds(5)), Leftover(isHere: false, age: .seconds(3600)),
            Leftover(isHere: false, age: .seconds(3600), kind: .shared),
        ]
    )
    func otherHost(leftover: Leftover) async throws {
        let bench = try await makeBench()
        try await leftover.leave(in: bench)
        try bench.clone("repo", to: "theirs")
        for words in [
            ["check"], ["prune"], ["snapshots"], ["unlock"], ["check"], ["backup", "src"], ["unlock", "--remove-all"],
            ["check"],
        ] {
            let ours = try bench.run(words)
            let theirs = try bench.attemptRestic(words, on: "theirs")
            #expect(ours.code == theirs.code, "\(words): \(ours.errorText)\n\(theirs.errorText)")
        }
        #expect(try lockCount(bench) == 0)
    }
}
