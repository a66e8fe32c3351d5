// SPDX-License-Identifier: Apache-2.0

import Foundation
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine
@testable import VeleroCommands

@Suite("Unfinished files of programs that died", .tags(.integration), .timeLimit(.minutes(5)))
struct LeftoverTests {
    private static let id = String(repeating: "ab", count: 32)
    private static let places = ["data/ab/", "index/", "snapshots/", "locks/", "keys/"]

    /// In each folder one file of two days ago and one of now.
    private func litter(_ bench: Workbench) throws {
        try FileManager.default.createDirectory(
            atPath: bench.repository + "/data/ab",
            withIntermediateDirectories: true
        )
        for place in Self.places {
            for (number, age) in [(1, 2 * 86_400.0), (2, 60)] {
                let path = "\(bench.repository)/\(place)\(Self.id)-tmp-\(number)"
                try #require(FileManager.default.createFile(atPath: path, contents: Data([1, 2, 3])))
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -age)],
                    ofItemAtPath: path
                )
            }
        }
    }

    private func left(_ bench: Workbench, _ number: Int) -> Int {
        Self.places.filter {
            FileManager.default.fileExists(atPath: "\(bench.repository)/\($0)\(Self.id)-tmp-\(number)")
        }.count
    }

    @Test("go when they are a day old, with prune, unlock, and a backup after a killed one")
    func removed() async throws {
        let bench = try Workbench.withSmallSource(usesCache: false)
        try await bench.makeHistory(snapshotCount: 1)
        for words in [["unlock"], ["prune"], ["backup", "src"]] {
            try litter(bench)
            if words[0] == "backup" {
                try await LockCommandTests.Leftover(isHere: true, age: .seconds(5), kind: .shared).leave(in: bench)
            }
            let outcome = try bench.run(words)
            #expect(outcome.code == 0, "\(outcome.errorText)")
            #expect(outcome.text.contains("removed 5 unfinished files"), "\(words): \(outcome.text)")
            #expect(left(bench, 1) == 0 && left(bench, 2) == 5, "\(words)")
        }
        try litter(bench)
        for words in [["snapshots"], ["prune", "--dry-run"], ["backup", "src"]] {
            #expect(try bench.run(words).code == 0)
            #expect(left(bench, 1) == 5, "\(words)")
        }
        try bench.expectSound()
    }
}
