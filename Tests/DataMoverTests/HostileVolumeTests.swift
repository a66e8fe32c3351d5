// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import DataMover
import Foundation
import ResticFormat
import Synchronization
import TestSupport
import Testing
import VolumeIO

/// Volumes whose owner exchanges directories and files for links that lead outside, all the while they are read or written.
@Suite(.timeLimit(.minutes(2))) struct HostileVolumeTests {
    private static let entryCount = 60
    private static let secret = "root:x:0:0"

    /// Puts a link to the outside into the place of every entry, and the entry back, over and over.
    private final class Exchanger: Sendable {
        private let isStopped = Atomic(false)
        private let exchangeCount = Atomic(0)
        private let end = Gate()

        init(_ made: Made) {
            Thread { [self] in
                var number = 0
                while !isStopped.load(ordering: .relaxed) {
                    for (name, target) in made.targets {
                        number += 1
                        let (entry, parked) = ("\(made.volume)/\(name)", "\(made.parking)/\(number)")
                        let isParked = unsafe rename(entry, parked) == 0
                        if unsafe symlink(target, entry) == 0 { exchangeCount.add(1, ordering: .relaxed) }
                        sched_yield()
                        unsafe unlink(entry)
                        if isParked { unsafe rename(parked, entry) }
                    }
                }
                end.open()
            }.start()
        }

        func stop() async throws -> Int {
            isStopped.store(true, ordering: .relaxed)
            try await end.pass()
            return exchangeCount.load(ordering: .relaxed)
        }
    }

    private struct Made: Sendable {
        let volume: String
        let parking: String
        let outside: String
        /// What the link in the place of each entry points at.
        var targets: [String: String] = [:]
    }

    /// Makes a volume with directories and files, and the secret outside of it.
    private func make(_ root: String) throws -> Made {
        var made = Made(volume: root + "/volume", parking: root + "/parking", outside: root + "/outside")
        for path in [made.volume, made.parking, made.outside] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        try write(bytes(Self.secret), to: made.outside + "/file")
        for index in 0..<Self.entryCount {
            let directory = "\(made.volume)/d\(index)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try write(bytes("ours"), to: directory + "/file")
            try write(bytes("ours"), to: "\(made.volume)/f\(index)")
            made.targets["d\(index)"] = made.outside
            made.targets["f\(index)"] = made.outside + "/file"
        }
        return made
    }

    @Test func `reading never goes through a link that took an entry's place`() async throws {
        try await withTemporaryDirectory { root in
            let made = try make(root)
            let sink = CollectingSink()
            let exchanger = Exchanger(made)
            var storedCount = 0
            for _ in 0..<20 {
                let archiver = Archiver(
                    sink: sink,
                    polynomial: try testPolynomial(),
                    options: ArchiveOptions(),
                    observer: Reports().observer,
                    progress: ArchiveProgress()
                )
                let result = try await archiver.archive([bytes(".")], workingDirectory: bytes(made.volume), parent: nil)
                for node in try sink.nodes(result.tree) {
                    switch node.kind {
                    case .symlink: #expect(node.content?.isEmpty ?? true)
                    case .directory: storedCount += try sink.nodes(try #require(node.subtree)).count
                    default: storedCount += 1
                    }
                }
            }
            let exchangeCount = try await exchanger.stop()
            #expect(storedCount > 0 && exchangeCount > Self.entryCount)
            let secret = bytes(Self.secret)
            #expect(!sink.contains(.data, BlobID(SHA256.digest(secret.span))))
            let ours = bytes("ours")
            #expect(sink.contains(.data, BlobID(SHA256.digest(ours.span))))
        }
    }

    @Test func `writing never goes through a link that took an entry's place`() async throws {
        try await withTemporaryDirectory { root in
            let made = try make(root)
            let source = ScriptedSource()
            var nodes: [Node] = []
            for index in 0..<Self.entryCount {
                nodes.append(
                    try source.directory("d\(index)", source.file("file", bytes("evil")), source.file("new", [1]))
                )
                nodes.append(source.file("f\(index)", bytes("evil")))
            }
            let outside = try OpenDirectory.open(path: made.outside)
            let (before, file) = try (outside.metadata(), outside.metadata(of: FileName("file")))
            let exchanger = Exchanger(made)
            for _ in 0..<20 {
                // Entries that were exchanged in the middle are reported; what matters is what is not touched.
                _ = try await restore(nodes, from: source, to: made.volume) { $0.deletesExtraEntries = true }
            }
            let exchangeCount = try await exchanger.stop()
            #expect(exchangeCount > 0)
            var (directory, content) = try (outside.metadata(), outside.metadata(of: FileName("file")))
            // Listing and reading by this test itself.
            (directory.accessed, content.accessed) = (before.accessed, file.accessed)
            #expect(directory == before && content == file)
            #expect(try FileManager.default.contentsOfDirectory(atPath: made.outside) == ["file"])
            #expect(FileManager.default.contents(atPath: made.outside + "/file") == Data(bytes(Self.secret)))
        }
    }
}
