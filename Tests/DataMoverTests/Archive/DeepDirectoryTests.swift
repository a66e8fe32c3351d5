// SPDX-License-Identifier: Apache-2.0

import DataMover
import Foundation
import ResticFormat
import TestSupport
import Testing
import VolumeIO

@Suite(.timeLimit(.minutes(2))) struct DeepDirectoryTests {
    /// Makes directories inside of each other whose path is longer than the kernel takes.
    private func nest(_ count: Int, in path: String) throws -> FileName {
        let name = try FileName(String(repeating: "d", count: 200))
        var directory = SharedDirectory(try OpenDirectory.open(path: path))
        for _ in 0..<count {
            try directory.directory.makeDirectory(name, permissions: 0o755)
            directory = SharedDirectory(try directory.directory.openDirectory(name))
        }
        return name
    }

    @Test func `directories too deep for any path are reported, and the rest is stored`() async throws {
        try await withTemporaryDirectory { source in
            let top = try nest(40, in: source)
            try write([1, 2, 3], to: source + "/file")
            let sink = CollectingSink()
            let reports = Reports()
            let archiver = Archiver(
                sink: sink,
                polynomial: try testPolynomial(),
                options: ArchiveOptions(),
                observer: reports.observer
            )
            try await archiver.scan([bytes(".")], workingDirectory: bytes(source))
            let result = try await archiver.archive([bytes(".")], workingDirectory: bytes(source))
            #expect(try sink.content(of: try sink.node("file", in: result.tree)) == [1, 2, 3])
            #expect(reports.all.count == 1)
            #expect(reports.all.first?.severity == .error)
            #expect((reports.all.first?.cause as? FileSystemError)?.code == .nameTooLong)
            // Too long a path for what removes temporary directories, too.
            try OpenDirectory.open(path: source).removeRecursively(top)
        }
    }
}
