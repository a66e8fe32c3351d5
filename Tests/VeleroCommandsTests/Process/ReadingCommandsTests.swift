// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import VeleroCommands

@Suite("Reading commands on a repository of the newest restic", .timeLimit(.minutes(5)))
struct ReadingCommandsTests {
    @Test("print the same bytes as restic")
    func sameBytes() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        let commands: [[String]] = [
            ["snapshots"], ["snapshots", "--json"], ["snapshots", "-c"], ["snapshots", "--latest", "1", "--json"],
            ["snapshots", "-g", "tags", "--tag", "t1", "--json"], ["snapshots", "--host", "other"],
            ["snapshots", "--path", bench.source, "--json"], ["snapshots", "--host", "nobody", "--json"],
            ["ls", "latest"], ["ls", "-l", "latest", "--host", "other"], ["ls", "latest", "--json"],
            ["ls", "latest", "--path", bench.source, "/src"],
            ["ls", "latest", "--path", bench.source, "--recursive", "/src/sub"],
            ["ls", try ids(bench)[0] + ":/src/sub"], ["ls", "--sort", "size", "latest", "--path", bench.source],
            ["ls", "--ncdu", "latest", "--path", bench.source], ["ls", "--ncdu", try ids(bench)[0] + ":/src/sub"],
            ["ls", "--reverse", "latest", "--path", bench.source],
            ["cat", "config"], ["cat", "masterkey"], ["cat", "snapshot", try ids(bench)[0]],
            ["cat", "tree", try ids(bench)[0] + ":/src/sub"],
            ["cat", "index", try bench.restic(["list", "index"]).line(0)],
            ["cat", "key", try bench.restic(["list", "keys"]).line(0)],
            ["key", "list"], ["key", "list", "--json"],
        ]
        for command in commands {
            let ours = try bench.run(command)
            #expect(ours.code == 0, "\(command): \(ours.errorText)")
            #expect(ours.text == (try bench.restic(command)), "\(command)")
        }
    }

    @Test("list the same ids as restic", arguments: ["blobs", "packs", "index", "snapshots", "keys", "locks"])
    func sameIDs(kind: String) async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        let ours = try bench.run(["list", kind])
        #expect(ours.code == 0)
        #expect(
            ours.text.split(separator: "\n").sorted()
                == (try bench.restic(["list", kind])).split(separator: "\n").sorted()
        )
    }

    @Test("print packs and blobs byte for byte")
    func raw() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        let pack = try bench.restic(["list", "packs"]).line(0)
        let blob = String(try bench.restic(["list", "blobs"]).line(0).split(separator: " ")[1])
        for words in [["cat", "pack", pack], ["cat", "blob", blob]] {
            let ours = try bench.velero.run(["restic"] + words, environment: bench.environment)
            #expect(ours == (try bench.resticProgram.run(words, environment: bench.environment)))
        }
    }

    private func ids(_ bench: Workbench) throws -> [String] {
        try bench.restic(["list", "snapshots"]).split(separator: "\n").map(String.init)
    }
}

extension String {
    /// The line at `index`, or nothing.
    func line(_ index: Int) -> String {
        let lines = split(separator: "\n")
        return lines.indices.contains(index) ? String(lines[index]) : ""
    }
}
