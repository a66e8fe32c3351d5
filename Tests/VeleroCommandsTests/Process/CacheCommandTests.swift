// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite("cache", .tags(.integration), .timeLimit(.minutes(5)))
struct CacheCommandTests {
    /// The caches of both programs, made by opening one repository; each below its own directory.
    private func makeBench() async throws -> Workbench {
        let bench = try Workbench.withSmallSource()
        try await bench.makeSnapshots()
        #expect(try bench.run(["snapshots"]).code == 0)
        try bench.restic(["snapshots"])
        return bench
    }

    private func caches(_ bench: Workbench, _ program: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(bench.root)/cache/\(program)")
            .filter { $0.utf8.count == 64 }
    }

    private func age(_ bench: Workbench, days: Int) throws {
        for program in ["velero", "restic"] {
            for name in try caches(bench, program) {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -86_400 * Double(days) - 60)],
                    ofItemAtPath: "\(bench.root)/cache/\(program)/\(name)"
                )
            }
        }
    }

    /// Runs both, which must say the same.
    private func both(_ bench: Workbench, _ words: [String]) throws -> String {
        let ours = try bench.run(words)
        let theirs = try bench.attemptRestic(words)
        #expect(ours.code == theirs.code, "\(words): \(ours.errorText)\(theirs.errorText)")
        #expect(ours.text == theirs.text.replacing("/cache/restic", with: "/cache/velero"), "\(words)")
        return ours.text
    }

    @Test("lists and removes what restic lists and removes")
    func listing() async throws {
        let bench = try await makeBench()
        #expect(try both(bench, ["cache", "--no-size"]).contains("0 days ago"))
        #expect(try bench.run(["cache"]).text.contains("KiB"))
        try age(bench, days: 31)
        #expect(try both(bench, ["cache", "--no-size"]).contains("31 days ago  yes"))
        #expect(try !both(bench, ["cache", "--no-size", "--max-age", "40"]).contains("yes"))
        #expect(try both(bench, ["cache", "--cleanup", "--max-age", "40"]).contains("no old cache dirs"))
        #expect(try caches(bench, "velero").count == 1)
        #expect(try both(bench, ["cache", "--cleanup"]).contains("remove 1"))
        #expect(try caches(bench, "velero").isEmpty)
        #expect(try both(bench, ["cache"]).contains("no cache dirs found"))
        let disabled = try bench.run(["cache", "--no-cache"])
        #expect(disabled.code == 1 && disabled.errorText.contains("the cache is disabled"))
    }

    @Test("a cache in use is not old; --cleanup-cache removes those of other repositories that are")
    func use() async throws {
        let bench = try await makeBench()
        try await bench.makeRepository("other")
        #expect(try bench.run(["snapshots"], on: "other").code == 0)
        #expect(try bench.run(["backup", "src"], on: "other").code == 0)
        #expect(try caches(bench, "velero").count == 2)
        try age(bench, days: 100)
        #expect(try bench.run(["snapshots"]).code == 0)
        #expect(try bench.run(["cache"]).text.components(separatedBy: "yes").count == 2, "one was just used")
        let foreign = bench.root + "/cache/velero/notes"
        try FileManager.default.createDirectory(atPath: foreign, withIntermediateDirectories: true)
        #expect(try bench.run(["snapshots", "--cleanup-cache"]).code == 0)
        #expect(try caches(bench, "velero").count == 1)
        #expect(FileManager.default.fileExists(atPath: foreign))
    }
}
