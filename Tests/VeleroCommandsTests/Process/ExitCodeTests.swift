// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite("What goes wrong has its own message and exit code", .timeLimit(.minutes(5)))
struct ExitCodeTests {
    @Test("wrong password: 12")
    func wrongPassword() throws {
        let bench = try Workbench()
        try bench.restic(["init", "-q"])
        let outcome = try bench.run(["snapshots"], adding: ["RESTIC_PASSWORD": "falsch"])
        #expect(outcome.code == 12)
        #expect(outcome.errorText.hasPrefix("Fatal: Wrong password"))
        #expect(outcome.text.isEmpty)
    }

    @Test("no repository, a foreign directory, a repository without config: told apart")
    func noRepository() throws {
        let bench = try Workbench()
        let missing = try bench.run(["snapshots"])
        #expect(missing.code == 10)
        #expect(missing.errorText.contains("does not exist"))
        let foreign = try bench.run(["-r", bench.source, "snapshots"])
        #expect(foreign.code == 10)
        #expect(foreign.errorText.contains("other files"))
        try FileManager.default.createDirectory(atPath: bench.root + "/empty", withIntermediateDirectories: false)
        let empty = try bench.run(["-r", "empty", "snapshots"])
        #expect(empty.code == 10)
        #expect(empty.errorText.contains("init"))
        try bench.restic(["init", "-q"])
        try FileManager.default.removeItem(atPath: bench.repository + "/config")
        let broken = try bench.run(["snapshots"])
        #expect(broken.code == 1)
        #expect(broken.errorText.contains("lost its config"))
        let messages = [missing, foreign, empty, broken].map(\.errorText)
        #expect(Set(messages).count == messages.count)
    }

    @Test("fatal errors are JSON for programs")
    func json() throws {
        let bench = try Workbench()
        let outcome = try bench.run(["snapshots", "--json"])
        #expect(outcome.code == 10)
        #expect(outcome.errorText.hasPrefix(#"{"message_type":"exit_error","code":10,"message":""#))
        #expect(outcome.errorText.hasSuffix("}\n"))
    }

    @Test("locked by another host: 11, and unlock removes what is old")
    func locked() throws {
        let bench = try Workbench()
        try bench.restic(["init", "-q"])
        let holder = try HeldLock(bench)
        let outcome = try bench.run(["key", "remove", "00"])
        #expect(outcome.code == 11)
        #expect(outcome.errorText.contains("locked"))
        #expect(try bench.run(["snapshots"]).code == 0, "a shared lock keeps no reader out")
        holder.end()
    }

    @Test("SIGINT while waiting for a lock: 130 and no lock left")
    func interrupted() async throws {
        let bench = try Workbench()
        try bench.restic(["init", "-q"])
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

    @Test("a reader that goes away ends the command and leaves no lock")
    func brokenPipe() throws {
        let bench = try Workbench()
        try bench.makeSnapshots()
        let script = "\"\(bench.velero.path)\" restic list blobs | true; echo ${PIPESTATUS[0]}"
        let shell = try requireShell()
        let output = try shell.run(["-c", script], environment: bench.environment)
        #expect(["0\n", "141\n"].contains(String(decoding: output, as: UTF8.self)))
        #expect(try bench.run(["list", "locks"]).text.isEmpty)
    }

    @Test("--no-lock is refused where it would endanger the repository")
    func noLock() throws {
        let bench = try Workbench()
        try bench.restic(["init", "-q"])
        let outcome = try bench.run(["--no-lock", "key", "remove", "00"])
        #expect(outcome.code == 1)
        #expect(outcome.errorText.contains("--no-lock"))
    }

    @Test(
        "options nobody knows are refused",
        arguments: [["-o", "s3.region=x"], ["--pack-size", "1"], ["--compression", "lots"]]
    )
    func unknownOptions(words: [String]) throws {
        let bench = try Workbench()
        try bench.restic(["init", "-q"])
        #expect(try bench.run(words + ["snapshots"]).code == 1)
    }

    @Test("a store that cannot be written is read with --no-lock")
    func readOnly() throws {
        let bench = try Workbench()
        try bench.makeSnapshots()
        let unprivileged = try UnprivilegedVelero(bench)
        try unprivileged.protectRepository()
        let refused = try unprivileged.run(["snapshots"])
        #expect(refused.code == 1)
        #expect(refused.errorText.contains("--no-lock"), "\(refused.errorText)")
        let read = try unprivileged.run(["--no-lock", "snapshots"])
        #expect(read.code == 0, "\(read.errorText)")
    }

    @Test("a file that cannot be read: 3, and the snapshot holds the rest")
    func unreadable() throws {
        let bench = try Workbench()
        try bench.restic(["init", "-q"])
        let unprivileged = try UnprivilegedVelero(bench)
        try unprivileged.ownRepository()
        try requireProgram("chmod").run(["000", bench.source + "/a"])
        let outcome = try unprivileged.run(["backup", bench.source])
        #expect(outcome.code == 3)
        #expect(outcome.errorText.contains("/src/a"), "\(outcome.errorText)")
        #expect(outcome.errorText.hasSuffix("Warning: at least one source file could not be read\n"))
        #expect(outcome.text.contains("snapshot "))
        let listing = try bench.restic(["ls", "latest"])
        #expect(listing.contains("/big") && !listing.contains("/src/a"))
        let json = try unprivileged.run(["backup", "--json", bench.source])
        #expect(json.code == 3)
        #expect(json.errorText.contains(#"{"message_type":"error","error":{"message":""#))
        #expect(json.errorText.contains(#"{"message_type":"exit_error","code":3,"#))
    }

    @Test("a source that does not exist: 3 beside others, 1 alone")
    func missingSource() throws {
        let bench = try Workbench()
        try bench.restic(["init", "-q"])
        let beside = try bench.run(["backup", "src", "nowhere"])
        #expect(beside.code == 3)
        #expect(beside.errorText.contains("nowhere does not exist, skipping"))
        #expect(try bench.run(["backup", "nowhere"]).code == 1)
        #expect(try bench.run(["backup"]).code == 1)
    }

    @Test("SIGINT and SIGTERM during a backup: 130, no lock, no snapshot", arguments: [SIGINT, SIGTERM])
    func interruptedBackup(signal: Int32) async throws {
        let bench = try Workbench()
        try bench.restic(["init", "-q"])
        let backup = try RunningProgram(
            bench.velero.path,
            ["restic", "backup", "--stdin"],
            environment: bench.environment
        )
        let locks = bench.repository + "/locks"
        while try FileManager.default.contentsOfDirectory(atPath: locks).isEmpty { sched_yield() }
        backup.signal(SIGHUP)
        backup.signal(SIGUSR1)
        backup.signal(signal)
        #expect(backup.wait() == 130)
        #expect(backup.errorText.contains("interrupted"))
        #expect(try bench.restic(["list", "locks"]).isEmpty)
        #expect(try bench.restic(["list", "snapshots"]).isEmpty)
    }
}
