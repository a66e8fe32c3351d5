// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite("Commands that make repositories and keys", .timeLimit(.minutes(5)))
struct RepositoryCommandsTests {
    @Test("a new repository is one for restic, in both formats", arguments: ["1", "2", "latest"])
    func initialize(version: String) throws {
        let bench = try Workbench.withSmallSource()
        let made = try bench.run(["init", "--json", "--repository-version", version])
        #expect(made.code == 0, "\(made.errorText)")
        #expect(made.text.hasPrefix(#"{"message_type":"initialized","id":""#))
        #expect(try bench.restic(["cat", "config"]).contains("\"version\": \(version == "1" ? 1 : 2)"))
        try bench.restic(["check"])
        let again = try bench.run(["init"])
        #expect(again.code == 1)
        #expect(again.errorText.contains("already"))
    }

    @Test("the chunker's parameters can be shared")
    func copyChunkerParameters() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let second = ["-r", bench.root + "/second"]
        let made = try bench.run(
            second + ["init", "--copy-chunker-params", "--from-repo", bench.repository],
            adding: ["RESTIC_FROM_PASSWORD": "geheim"]
        )
        #expect(made.code == 0, "\(made.errorText)")
        let first = try bench.restic(["cat", "config"]).line(3)
        #expect(try bench.restic(second + ["cat", "config"]).line(3) == first)
    }

    @Test("keys are added, changed and removed so that restic agrees")
    func keys() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let passwordFile = bench.root + "/new"
        try Data("neu\n".utf8).write(to: URL(fileURLWithPath: passwordFile))
        let added = try bench.run(["key", "add", "--new-password-file", passwordFile, "--user", "u", "--host", "h"])
        #expect(added.code == 0, "\(added.errorText)")
        let new = ["RESTIC_PASSWORD": "neu"]
        #expect(try bench.run(["snapshots"], adding: new).code == 0)
        #expect(try bench.restic(["key", "list"]).contains("u     h "))
        let old = try #require(
            try bench.restic(["key", "list", "--json"]).firstMatch(of: /"current":true,"id":"([0-9a-f]+)"/)
        )
        let inUse = try bench.run(["key", "remove", String(old.1)])
        #expect(inUse.code == 1 && inUse.errorText.contains("in use"))
        #expect(try bench.run(["key", "remove", String(old.1.prefix(8))], adding: new).code == 0)
        #expect(try bench.run(["snapshots"]).code == 12)
        try Data("dritte".utf8).write(to: URL(fileURLWithPath: passwordFile))
        #expect(try bench.run(["key", "passwd", "--new-password-file", passwordFile], adding: new).code == 0)
        #expect(try bench.run(["snapshots"], adding: new).code == 12)
        #expect(try bench.run(["snapshots"], adding: ["RESTIC_PASSWORD": "dritte"]).code == 0)
    }

    @Test("passwords come from files, programs and standard input")
    func passwords() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeRepository()
        let none = ["RESTIC_PASSWORD": ""]
        try Data([0xef, 0xbb, 0xbf] + Array("geheim\r\n".utf8)).write(to: URL(fileURLWithPath: bench.root + "/pw"))
        #expect(try bench.run(["-p", "pw", "snapshots"], adding: none).code == 0)
        #expect(try bench.run(["snapshots", "--password-command", "sh -c \"echo geheim\""], adding: none).code == 0)
        #expect(try bench.run(["snapshots"], adding: none, input: Array("geheim\n".utf8)).code == 0)
        let failed = try bench.run(["snapshots", "--password-command", "sh -c \"exit 7\""], adding: none)
        #expect(failed.code == 1 && failed.errorText.contains("exit code 7"))
        let absent = try bench.run(["snapshots", "--password-command", "/no/such/program"], adding: none)
        #expect(absent.code == 1 && absent.errorText.contains("/no/such/program"))
        let nothing = try bench.run(["snapshots"], adding: none)
        #expect(nothing.code == 1 && nothing.errorText.contains("no password"))
    }

    @Test("an empty password must be meant")
    func emptyPassword() throws {
        let bench = try Workbench.withSmallSource()
        let none = ["RESTIC_PASSWORD": ""]
        #expect(try bench.run(["init", "--insecure-no-password"], adding: none).code == 0)
        #expect(try bench.run(["snapshots", "--insecure-no-password"], adding: none).code == 0)
        #expect(try bench.run(["snapshots", "--insecure-no-password"]).code == 1)
        _ = try bench.resticProgram.run(
            ["snapshots", "--insecure-no-password"],
            environment: bench.environment.merging(none) { $1 }
        )
    }
}
