// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import DataMover
import Foundation
import ObjectStorage
import RepositoryEngine
import ResticFormat
import TestSupport
import Testing
import VolumeIO

/// Directories whose tree is too large to be held as text on its way to the store.
@Suite(.timeLimit(.minutes(3))) struct LargeDirectoryTests {
    private static let fileCount = 10_000

    private func backUp(_ source: String, to version: RepositoryVersion) async throws -> (Repository, [BackupOutcome]) {
        var options = InitializeOptions()
        options.version = version
        options.keyDerivation = .init(costFactor: 1024, blockFactor: 8, parallelism: 1)
        options.polynomial = try testPolynomial()
        let password = RepositoryPassword("x")
        let repository = try await Repository.initialize(on: MemoryStorage(), password: password, options: options)
        var outcomes: [BackupOutcome] = []
        for seconds: Int64 in [2_000_000_000, 2_000_000_100] {
            let request = BackupRequest(
                source: .paths([bytes(".")], workingDirectory: bytes(source)),
                time: Timestamp(seconds: seconds),
                hostname: "velero"
            )
            outcomes.append(try await Backup(repository).run(request))
        }
        return (repository, outcomes)
    }

    @Test func `a tree stored piece by piece is the tree stored whole`() async throws {
        try await withTemporaryDirectory { source in
            let padding = String(repeating: "n", count: 200)
            for index in 0..<Self.fileCount {
                try #require(FileManager.default.createFile(atPath: "\(source)/\(padding)\(index)", contents: nil))
            }
            // Format 1 keeps trees uncompressed, so it takes them whole.
            let (whole, expected) = try await backUp(source, to: .v1)
            let (repository, outcomes) = try await backUp(source, to: .v2)
            let tree = outcomes[0].snapshot.tree
            #expect(tree == expected[0].snapshot.tree)
            #expect(outcomes[0].digest == expected[0].digest)
            let text = try await repository.readTreeText(tree)
            #expect(text.count > 4 << 20)
            #expect(BlobID(SHA256.digest(text.span)) == tree)
            let wholeText = try await whole.readTreeText(tree)
            #expect(wholeText == text)
            #expect(outcomes[0].snapshot.summary?.treeBlobs == 1)
            #expect(outcomes[0].snapshot.summary?.dataAdded == expected[0].snapshot.summary?.dataAdded)
            #expect(outcomes[1].snapshot.tree == tree)
            #expect(outcomes[1].snapshot.summary?.dataAdded == 0)
        }
    }
}
