// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite("What goes wrong has its own message and exit code", .timeLimit(.minutes(5)))
struct ExitCodeTests {
    @Test("wrong password: 12")
    func wrongPassword() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let outcome = try bench.run(["snapshots"], adding: ["RESTIC_PASSWORD": "falsch"])
        #expect(outcome.code == 12)
        #expect(outcome.errorText.hasPrefix("Fatal: Wrong password"))
        #expect(outcome.text.isEmpty)
    }

    @Test("no repository, a foreign directory, a repository without config: told apart")
    func noRepository() async throws {
        let bench = try Workbench.withSmallSource()
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
        try await bench.makeRepository()
        try FileManager.default.removeItem(atPath: bench.repository + "/config")
        let broken = try bench.run(["snapshots"])
        #expect(broken.code == 1)
        #expect(broken.errorText.contains("lost its config"))
        let messages = [missing, foreign, empty, broken].map(\.errorText)
        #expect(Set(messages).count == messages.count)
    }

    @Test("fatal errors are JSON for programs")
    func json() throws {
        let bench = try Workbench.withSmallSource()
        let outcome = try bench.run(["snapshots", "--json"])
        #expect(outcome.code == 10)
        #expect(outcome.errorText.hasPrefix(#"{"message_type":"exit_error","code":10,"message":""#))
        #expect(outcome.errorText.hasSuffix("}\n"))
    }

    @Test("a reader that goes away ends the command and leaves no lock")
    func brokenPipe() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        let script = "\"\(bench.velero.path)\" restic list blobs | true; echo ${PIPESTATUS[0]}"
        let shell = try requireShell()
        let output = try shell.run(["-c", script], environment: bench.environment)
        #expect(["0\n", "141\n"].contains(String(decoding: output, as: UTF8.self)))
        #expect(try bench.run(["list", "locks"]).text.isEmpty)
    }

    @Test("--no-lock is refused where it would endanger the repository")
    func noLock() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let outcome = try bench.run(["--no-lock", "key", "remove", "00"])
        #expect(outcome.code == 1)
        #expect(outcome.errorText.contains("--no-lock"))
    }

    @Test(
        "options nobody knows are refused",
        arguments: [["-o", "s3.region=x"], ["--pack-size", "1"], ["--compression", "lots"]]
    )
    func unknownOptions(words: [String]) async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        #expect(try bench.run(words + ["snapshots"]).code == 1)
    }

    @Test("a store that cannot be written is read with --no-lock")
    func readOnly() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        let unprivileged = try UnprivilegedVelero(bench)
        try unprivileged.protectRepository()
        let refused = try unprivileged.run(["snapshots"])
        #expect(refused.code == 1)
        #expect(refused.errorText.contains("--no-lock"), "\(refused.errorText)")
        let read = try unprivileged.run(["--no-lock", "snapshots"])
        #expect(read.code == 0, "\(read.errorText)")
    }

    @Test("a file that cannot be read: 3, and the snapshot holds the rest")
    func unreadable() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
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

    @Test("snapshots that cannot be removed: 3 as with restic, and no prune", arguments: [[], ["--prune"]])
    func unremovable(flags: [String]) async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        let unprivileged = try UnprivilegedVelero(bench)
        try unprivileged.ownRepository()
        try requireProgram("chmod").run(["555", bench.repository + "/snapshots"])
        let before = try bench.packs().map(\.id)
        for json in [[], ["--json"]] {
            let outcome = try unprivileged.run(["forget", "--keep-last", "1", "--group-by", ""] + flags + json)
            #expect(outcome.code == 3, "\(outcome.errorText)")
            #expect(outcome.errorText.contains("2 of 2 snapshots could not be removed"))
        }
        #expect(try bench.packs().map(\.id) == before)
        #expect(try bench.snapshotIDs().count == 3)
        let theirs = try unprivileged.run(
            bench.resticProgram,
            ["forget", "--keep-last", "1", "--group-by", ""] + flags
        )
        #expect(theirs.code == 3)
    }

    @Test("a source that does not exist: 3 beside others, 1 alone")
    func missingSource() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let beside = try bench.run(["backup", "src", "nowhere"])
        #expect(beside.code == 3)
        #expect(beside.errorText.contains("nowhere does not exist, skipping"))
        #expect(try bench.run(["backup", "nowhere"]).code == 1)
        #expect(try bench.run(["backup"]).code == 1)
    }
}
