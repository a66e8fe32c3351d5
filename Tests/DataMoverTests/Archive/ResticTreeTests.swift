// SPDX-License-Identifier: Apache-2.0

import DataMover
import Foundation
import ResticFormat
import TestSupport
import Testing

/// The root trees of the same directories archived by restic and by us.
@Suite(.tags(.integration)) struct ResticTreeTests {
    private static let targets: [[String]] = [
        ["."], ["$"], ["$/d", "$/small"], ["d", "d/deeper", "small", "./small"], ["d/../d/deeper/file"], [".", "$/d"],
    ]

    private struct SnapshotList: Decodable {
        var tree: String
        var paths: [String]
    }

    private struct Config: Decodable {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var chunker_polynomial: String
    }

    @Test(arguments: ResticProgram.Release.allCases, targets)
    func `trees have the ids restic gives them`(version: ResticProgram.Release, targets: [String]) async throws {
        let restic = try version.program()
        try await withTemporaryDirectory { path in
            let source = path + "/source"
            try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
            // Versions before 0.16 store no targets that are not UTF-8.
            try makeVariedTree(at: source, hasForeignLinkTarget: version == .newest)
            let targets = targets.map { $0.replacingOccurrences(of: "$", with: source) }
            let environment = [
                "RESTIC_REPOSITORY": path + "/repository", "RESTIC_PASSWORD": "x", "TZ": "UTC",
                "RESTIC_CACHE_DIR": path + "/cache",
            ]
            try restic.run(["init", "-q"], environment: environment)
            try restic.run(["backup", "-q"] + targets, environment: environment, directory: source)
            let listing = try restic.run(["snapshots", "--json"], environment: environment)
            let snapshot = try #require(try JSONDecoder().decode([SnapshotList].self, from: Data(listing)).first)
            let config = try JSONDecoder().decode(
                Config.self,
                from: Data(restic.run(["cat", "config"], environment: environment))
            )
            for search in [ChunkSearch.sequential, .parallel] {
                let sink = CollectingSink()
                let reports = Reports()
                var options = ArchiveOptions()
                options.chunkSearch = search
                let archiver = Archiver(
                    sink: sink,
                    polynomial: try Polynomial(hex: config.chunker_polynomial),
                    options: options,
                    observer: reports.observer
                )
                let result = try await archiver.archive(targets.map(bytes), workingDirectory: bytes(source))
                #expect(reports.all.isEmpty)
                let theirs = try #require(BlobID(hex: snapshot.tree))
                try compare(result.tree, theirs, ancestorsOf: targets.contains { $0.hasPrefix("/") } ? source : "") {
                    if let own = try? sink.nodes($0) { return own }
                    return try TreeDecoder.nodes(of: restic.run(["cat", "blob", $0.hex], environment: environment))
                }
            }
        }
    }

    /// Expects equal trees, except that the directories above the source change while the test itself writes beside it.
    private func compare(
        _ ours: BlobID,
        _ theirs: BlobID,
        ancestorsOf source: String,
        nodes: (BlobID) throws -> [Node]
    ) throws {
        if ours == theirs { return }
        let ancestors = source.split(separator: "/")
        let (own, other) = (try nodes(ours), try nodes(theirs))
        #expect(own.map(\.name) == other.map(\.name))
        for (own, other) in zip(own, other) where own != other {
            guard ancestors.count > 1, own.name == bytes(String(ancestors[0])), let mine = own.subtree,
                let its = other.subtree
            else {
                #expect(own == other)
                continue
            }
            #expect(own.mode == other.mode && own.userID == other.userID && own.group == other.group)
            #expect(own.inode == other.inode && own.extendedAttributes == other.extendedAttributes)
            try compare(mine, its, ancestorsOf: ancestors.dropFirst().joined(separator: "/"), nodes: nodes)
        }
    }
}
