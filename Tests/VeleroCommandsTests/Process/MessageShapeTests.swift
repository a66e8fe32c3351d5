// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite("JSON messages have the members and types of the newest restic's", .tags(.integration), .timeLimit(.minutes(5)))
struct MessageShapeTests {
    /// Members and types by kind of message; status messages, which come by chance, are left out, and lines of text are `text`.
    private func shapes(_ text: String) -> [String: Set<String>] {
        var shapes: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") {
            guard let value = try? JSONSerialization.jsonObject(with: Data(line.utf8)) else {
                shapes["text"] = []
                continue
            }
            let kind = (value as? [String: Any])?["message_type"] as? String ?? ""
            if kind != "status" { shapes[kind, default: []].formUnion(JSONShape.of(value)) }
        }
        return shapes
    }

    private func compare(_ bench: Workbench, _ words: [String], theirs: [String]? = nil) throws {
        let ours = try bench.run(words)
        let real = try bench.attemptRestic(theirs ?? words)
        #expect(ours.code == real.code, "\(words): \(ours.errorText)")
        #expect(shapes(ours.text) == shapes(real.text), "\(words)")
        #expect(shapes(ours.errorText) == shapes(real.errorText), "\(words)")
    }

    @Test("on a repository with snapshots")
    func reading() async throws {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        let ids = try JSONShape.array(bench.restic(["snapshots", "--json"])).compactMap { $0["id"] as? String }
        let tree = try #require(try JSONShape.array(bench.restic(["snapshots", "latest", "--json"])).first?["tree"])
        let commands: [[String]] = [
            ["find", "a"], ["find", "nothing"], ["find", "--tree", "\(tree)"], ["stats"],
            ["stats", "--mode", "raw-data"], ["stats", "--mode", "files-by-contents"],
            ["stats", "--mode", "blobs-per-file"], ["diff", ids[0], ids[1]], ["diff", "--metadata", ids[0], ids[1]],
            ["check"], ["check", "--read-data"], ["forget", "-n", "--keep-last", "1"],
            ["forget", "-n", "--keep-last", "1", "-g", ""], ["snapshots", "-g", "host,tags"], ["unlock"],
        ]
        for command in commands { try compare(bench, command + ["--json"]) }
    }

    @Test("of making, restoring, tagging and removing")
    func writing() async throws {
        let bench = try Workbench.withSmallSource()
        try compare(bench, ["-r", "one", "init", "--json"], theirs: ["-r", "two", "init", "--json"])
        try await bench.makeSnapshots()
        for target in [["--target", "whole"], ["--target", "whole", "-vv", "--delete"]] {
            let theirs = target.map { $0 == "whole" ? "theirs" : $0 }
            try compare(
                bench,
                ["restore", "latest", "--path", bench.source, "--json"] + target,
                theirs: ["restore", "latest", "--path", bench.source, "--json"] + theirs
            )
            for directory in ["whole", "theirs"] { try Data("x".utf8).write(to: bench.file(directory + "/extra")) }
        }
        try compare(bench, ["tag", "--add", "x", "--json"], theirs: ["tag", "--add", "y", "--json"])
        try compare(
            bench,
            ["forget", "--json", "--keep-last", "1", "--host", "other"],
            theirs: ["forget", "--json", "--keep-last", "1", "--host", "other"]
        )
    }

    @Test("of what fails")
    func failures() async throws {
        let bench = try Workbench.withSmallSource()
        try compare(bench, ["snapshots", "--json"])
        try await bench.makeRepository()
        let commands: [[String]] = [
            ["restore", "abcdef12", "--target", "out"], ["backup", "nothing"],
            ["backup", "src", "nothing"], ["backup", "--stdin"], ["forget"], ["init"], ["ls", "latest:/nothing"],
        ]
        for command in commands { try compare(bench, command + ["--json"]) }
    }
}

extension Workbench {
    func file(_ name: String) -> URL { URL(fileURLWithPath: root + "/" + name) }
}
