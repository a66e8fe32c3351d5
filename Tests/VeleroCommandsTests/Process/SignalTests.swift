// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite("Signals end a command in order", .tags(.integration, .slow), .sharedHistory, .timeLimit(.minutes(5)))
struct SignalTests {
    /// What the process that starts `velero` has done about SIGINT and SIGTERM, which a child inherits.
    enum Inheritance: String, CaseIterable {
        case nothing, blocked, ignored

        var script: String {
            let preparation =
                switch self {
                case .nothing: "signal.pthread_sigmask(signal.SIG_SETMASK, [])"
                case .blocked: "signal.pthread_sigmask(signal.SIG_SETMASK, both)"
                case .ignored: "[signal.signal(one, signal.SIG_IGN) for one in both]"
                }
            return """
                import os, signal, sys
                both = [signal.SIGINT, signal.SIGTERM]
                \(preparation)
                os.execv(sys.argv[1], sys.argv[1:])
                """
        }
    }

    private func waitForLock(in bench: Workbench) throws {
        let locks = bench.repository + "/locks"
        while try FileManager.default.contentsOfDirectory(atPath: locks).isEmpty { sched_yield() }
    }

    @Test("a backup: 130, no lock, no snapshot", arguments: [SIGINT, SIGTERM], Inheritance.allCases)
    func backup(signal: Int32, inheritance: Inheritance) async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let backup = try RunningProgram(
            try requireProgram("python3").path,
            ["-c", inheritance.script, bench.velero.path, "restic", "backup", "--stdin"],
            environment: bench.environment
        )
        try waitForLock(in: bench)
        backup.signal(SIGHUP)
        backup.signal(SIGUSR1)
        backup.signal(signal)
        #expect(backup.wait() == 130)
        #expect(backup.errorText.contains("interrupted"))
        #expect(try bench.restic(["list", "locks"]).isEmpty)
        #expect(try bench.restic(["list", "snapshots"]).isEmpty)
    }

    @Test(
        "every command that works for long: 130, no lock, and the repository stays sound",
        arguments: [
            ["backup", "src", "--force", "--limit-upload", "20"], ["check", "--read-data", "--limit-download", "20"],
            ["restore", "latest", "--target", "out", "--limit-download", "20"],
            ["prune", "--max-unused", "0", "--limit-download", "20", "--limit-upload", "20"],
            ["-r", "second", "copy", "--from-repo", "repo", "--limit-download", "20", "--limit-upload", "20"],
            ["repair", "index", "--read-all-packs", "--limit-download", "1"],
        ],
        [SIGINT, SIGTERM]
    )
    func working(words: [String], signal: Int32) async throws {
        let bench = try SharedHistoryTrait.makeBench()
        try await bench.makeRepository("second")
        // Leaves a pack of which half is needed.
        try bench.run(["forget", "--keep-last", "2"])
        try FileManager.default.createDirectory(atPath: bench.source, withIntermediateDirectories: true)
        var generator = SplitMixGenerator(seed: 5)
        try bench.write(generator.bytes(2_000_000), to: "new")
        let command = try RunningProgram(
            bench.velero.path,
            ["restic"] + words,
            environment: bench.environment,
            directory: bench.root
        )
        // Behind the pause that follows the lock, in the midst of the work, which takes many seconds.
        try KillPoint.moment(1).wait(in: bench.repository, for: command, duration: .milliseconds(500))
        command.signal(signal)
        #expect(command.wait() == 130, "\(command.errorText)")
        for name in ["repo", "second"] {
            let locks = try FileManager.default.contentsOfDirectory(atPath: "\(bench.root)/\(name)/locks")
            #expect(locks.isEmpty, "\(name)")
            try bench.expectSound(name)
        }
        #expect(try bench.snapshotIDs().count == 2)
    }

    @Test("SIGINT while waiting for a lock: 130 and no lock left")
    func waitingForLock() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let holder = try HeldLock(bench)
        let waiting = try RunningProgram(
            bench.velero.path,
            ["restic", "--retry-lock", "1h", "key", "remove", "00"],
            environment: bench.environment
        )
        try waiting.waitForError(containing: "trying again")
        waiting.signal(SIGINT)
        #expect(waiting.wait() == 130)
        holder.end()
        #expect(try bench.run(["list", "locks"]).text.isEmpty)
    }

    @Test("programs that velero starts inherit neither blocked nor ignored signals")
    func children() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let words = ["backup", "--stdin-filename", "status", "--stdin-from-command", "--", "cat", "/proc/self/status"]
        let outcome = try bench.run(words)
        #expect(outcome.code == 0, "\(outcome.errorText)")
        let status = try bench.run(["dump", "latest", "status"]).text
        #expect(status.contains("\nSigBlk:\t0000000000000000\n"), "\(status)")
        let mask = try #require(status.firstMatch(of: /\nSigIgn:\t([0-9a-f]+)\n/)?.1)
        let ignored = try #require(UInt64(mask, radix: 16))
        for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM] { #expect(ignored & 1 << (UInt64(signal) - 1) == 0) }
    }
}
