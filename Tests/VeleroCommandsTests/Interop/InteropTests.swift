// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

/// Which restic, which repository format, where the repository lives.
struct InteropCase: Sendable, CustomTestStringConvertible {
    var release: ResticProgram.Release
    var version: Int
    var isRemote: Bool

    static let all = ResticProgram.Release.allCases.flatMap { release in
        [1, 2].flatMap { version in
            [false, true].map { InteropCase(release: release, version: version, isRemote: $0) }
        }
    }

    var testDescription: String { "\(release) restic, format \(version), \(isRemote ? "S3" : "directory")" }

    func makeBench() throws -> Workbench {
        try Workbench(release, server: isRemote ? try S3TestServer.required() : nil)
    }
}

/// One of the two programs that share a repository.
enum Party: String, CaseIterable {
    case velero, restic

    var other: Party { self == .velero ? .restic : .velero }
}

extension Workbench {
    /// Runs a command that both programs know, expecting success.
    @discardableResult
    func run(by party: Party, _ words: [String], on name: String = "repo") throws -> String {
        guard party == .velero else { return try restic(words, on: name) }
        let outcome = try run(words, on: name)
        guard outcome.code == 0 else {
            throw ExternalProgram.Failure(
                description: "velero \(words) ended with \(outcome.code): \(outcome.errorText)"
            )
        }
        return outcome.text
    }

    /// Backs the source up; returns how many files were found unchanged.
    func back(up name: String = "repo", by party: Party) throws -> Int {
        let text = try run(by: party, ["backup", "--json", "--host", "h", "src"], on: name)
        return try #require(try JSONShape.last(of: text, type: "summary")["files_unmodified"] as? Int)
    }

    /// Restores a snapshot by one of the programs and describes what came out.
    func restored(
        _ snapshot: String = "latest",
        from name: String = "repo",
        by party: Party,
        flags: [String] = []
    ) throws -> [String] {
        let target = root + "/restored"
        removeTree(target)
        try run(by: party, ["restore", snapshot, "--target", target] + flags, on: name)
        return try SampleVolume(target + "/src").describe()
    }

    /// Ids, parents and trees of the snapshots, oldest first.
    func history(_ name: String = "repo", by party: Party) throws -> [(id: String, parent: String?, tree: String?)] {
        try JSONShape.array(try run(by: party, ["snapshots", "--json"], on: name)).map {
            (try #require($0["id"] as? String), $0["parent"] as? String, $0["tree"] as? String)
        }
    }
}

@Suite(
    "velero and restic share repositories",
    .tags(.integration, .slow),
    .s3Server(.rclone),
    .timeLimit(.minutes(10))
)
struct InteropTests {
    @Test(
        "what one writes the other checks, restores, continues and prunes, by turns",
        arguments: InteropCase.all,
        Party.allCases
    )
    func byTurns(interop: InteropCase, writer: Party) async throws {
        let bench = try interop.makeBench()
        let reader = writer.other
        let volume = SampleVolume(bench.source)
        try volume.make(seed: 1)
        try await bench.makeRepository(version: interop.version)
        #expect(try bench.back(up: "repo", by: writer) == 0)
        let first = try volume.describe()

        try bench.run(by: reader, ["check", "--read-data"])
        #expect(try bench.restored(by: reader) == first)

        let kept = try volume.change(seed: 2)
        #expect(try bench.back(up: "repo", by: reader) == kept)
        let second = try volume.describe()
        let keptAgain = try volume.change(seed: 3)
        #expect(try bench.back(up: "repo", by: writer) == keptAgain)
        let history = try bench.history(by: reader)
        #expect(history.map(\.parent) == [nil, history.first?.id, history.dropFirst().first?.id])

        try bench.run(by: reader, ["forget", "--keep-last", "2", "--prune", "--max-unused", "0"])
        for party in Party.allCases { try bench.run(by: party, ["check", "--read-data"]) }
        #expect(try bench.restored(history[1].id, by: writer) == second)
    }

    @Test(
        "snapshots go from one format to the other and back, copied by one program each way",
        arguments: ResticProgram.Release.allCases,
        [(1, false), (2, true)]
    )
    func copies(release: ResticProgram.Release, source: (version: Int, isRemote: Bool)) async throws {
        let bench = try InteropCase(release: release, version: source.version, isRemote: source.isRemote).makeBench()
        let volume = SampleVolume(bench.source)
        try volume.make(seed: 4)
        for name in ["repo", "third"] {
            try bench.restic(["init", "--repository-version", "\(source.version)"], on: name)
            try await bench.cheapenKey(of: name)
        }
        try await bench.makeRepository("second", version: 3 - source.version)
        _ = try bench.back(up: "repo", by: .restic)
        try volume.change(seed: 5)
        _ = try bench.back(up: "repo", by: .velero)
        let content = try volume.describe()

        try bench.run(by: .velero, ["copy", "--from-repo", bench.location("repo")], on: "second")
        try bench.run(by: .restic, ["check", "--read-data"], on: "second")
        #expect(try bench.restored(from: "second", by: .restic) == content)
        try bench.run(by: .restic, ["copy", "--from-repo", bench.location("second")], on: "third")
        try bench.run(by: .velero, ["check", "--read-data"], on: "third")
        #expect(try bench.restored(from: "third", by: .velero) == content)

        let trees = try ["repo", "second", "third"].map { try bench.history($0, by: .restic).map(\.tree) }
        #expect(trees[0].count == 2 && trees[1] == trees[0] && trees[2] == trees[0])
        // Whoever copied them, snapshots that are there already are known again.
        try bench.run(by: .velero, ["copy", "--from-repo", bench.location("repo")], on: "third")
        try bench.run(by: .restic, ["copy", "--from-repo", bench.location("repo")], on: "second")
        for name in ["second", "third"] { #expect(try bench.history(name, by: .velero).count == 2) }
    }
}
