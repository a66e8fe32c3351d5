// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import DataMover
import Foundation
import ResticFormat
import Synchronization
import TestSupport
import Testing
import VolumeIO

@Suite(.timeLimit(.minutes(2))) struct ArchiverTests {
    /// Archives `source` as a volume.
    private func archive(
        _ source: String,
        into sink: CollectingSink,
        parent: BlobID? = nil,
        reports: Reports = Reports(),
        progress: ArchiveProgress = ArchiveProgress(),
        configure: (inout ArchiveOptions) throws -> Void = { _ in }
    ) async throws -> ArchiveResult {
        var options = ArchiveOptions()
        try configure(&options)
        let archiver = Archiver(
            sink: sink,
            polynomial: try testPolynomial(),
            options: options,
            observer: reports.observer,
            progress: progress
        )
        return try await archiver.archive(
            [bytes(".")],
            workingDirectory: bytes(source),
            parent: parent.map(sink.parent)
        )
    }

    /// How a file changes without its size or modification time telling.
    enum HiddenChange: CaseIterable { case inPlace, replaced }

    @Test(arguments: HiddenChange.allCases)
    func `a file changed behind its modification time is read again unless told otherwise`(
        change: HiddenChange
    ) async throws {
        try await withTemporaryDirectory { source in
            try write(bytes("old"), to: source + "/file")
            let root = try OpenDirectory.open(path: source)
            let name = try FileName("file")
            let before = try root.metadata(of: name)
            let sink = CollectingSink()
            let first = try await archive(source, into: sink)
            if change == .replaced {
                try write(bytes("new"), to: source + "/other")
                try root.moveHere(name, from: FileName("other"), in: root)
            } else {
                try root.openFileForWriting(name).write(bytes("new").span, at: 0)
            }
            try root.setTimes(accessed: before.modified, modified: before.modified, of: name)
            let after = try root.metadata(of: name)
            try #require(after.modified == before.modified && after.changed != before.changed)
            try #require((after.inode == before.inode) == (change == .inPlace))

            func content(_ configure: (inout ArchiveOptions) -> Void) async throws -> [UInt8] {
                let result = try await archive(source, into: sink, parent: first.tree, configure: configure)
                return try sink.content(of: sink.node("file", in: result.tree))
            }
            #expect(try await content { _ in } == bytes("new"))
            #expect(try await content { $0.ignoresChangeTime = true } == bytes(change == .inPlace ? "old" : "new"))
            #expect(try await content { $0.ignoresInode = true } == bytes("old"))
        }
    }

    @Test(arguments: [ChunkSearch.sequential, .parallel], [1, 2, 8])
    func `content comes back whole, holes included`(search: ChunkSearch, workers: Int) async throws {
        try await withTemporaryDirectory { source in
            try makeVariedTree(at: source)
            let sink = CollectingSink()
            let reports = Reports()
            let result = try await archive(source, into: sink, reports: reports) {
                $0.chunkSearch = search
                $0.workerCount = workers
                $0.readConcurrency = workers
            }
            #expect(reports.all.isEmpty)
            for name in ["small", "empty file", "min", "min+1", "large", "ones", "sparse", "hole"] {
                let node = try sink.node(name, in: result.tree)
                let expected = try Data(contentsOf: URL(fileURLWithPath: source + "/" + name))
                #expect(try sink.content(of: node) == Array(expected), "\(name)")
                #expect(node.size == UInt64(expected.count))
            }
            #expect(result.volumeRoot?.name == bytes("."))
            #expect(result.volumeRoot?.kind == .directory)
        }
    }

    @Test func `a hole costs no hashing`() async throws {
        try await withTemporaryDirectory { source in
            let directory = try OpenDirectory.open(path: source)
            let file = try directory.createFile(FileName("huge"))
            try file.truncate(to: 4 << 30)
            try file.write([1, 2, 3].span, at: 2 << 30)
            guard try file.metadata().mayHaveHoles else { return }
            let sink = CollectingSink()
            let progress = ArchiveProgress()
            let result = try await archive(source, into: sink, progress: progress)
            let node = try sink.node("huge", in: result.tree)
            #expect(node.size == 4 << 30)
            #expect(node.content?.count ?? 0 >= (4 << 30) / ZeroChunk.byteCount - 2)
            #expect(progress.counts.bytesDone == 4 << 30)
            // The zero chunk once, the surroundings of the three bytes, and a tree of 67 bytes per chunk.
            #expect(progress.counts.dataAdded < 4 << 20)
        }
    }

    @Test func `an unchanged tree is not read again, and a changed file is`() async throws {
        try await withTemporaryDirectory { source in
            try makeVariedTree(at: source)
            let sink = CollectingSink()
            let first = try await archive(source, into: sink)
            let reads = Mutex(0)
            let progress = ArchiveProgress()
            let second = try await archive(source, into: sink, parent: first.tree, progress: progress) {
                $0.didReadFile = { _ in reads.withLock { $0 += 1 } }
            }
            #expect(second.tree == first.tree)
            #expect(second.digest == first.digest)
            #expect(reads.withLock { $0 } == 0)
            #expect(progress.counts.filesUnmodified == progress.counts.filesDone)
            #expect(progress.counts.directoriesUnmodified == 4)

            try write(bytes("other"), to: source + "/d/deeper/file")
            let changed = ArchiveProgress()
            let third = try await archive(source, into: sink, parent: first.tree, progress: changed)
            #expect(third.tree != first.tree)
            #expect(third.digest != first.digest)
            #expect(changed.counts.filesChanged == 1)
            #expect(changed.counts.directoriesChanged == 2)
            #expect(try sink.content(of: sink.node("d/deeper/file", in: third.tree)) == bytes("other"))
        }
    }

    @Test func `content missing from the repository is reported and stored again`() async throws {
        try await withTemporaryDirectory { source in
            try write(bytes("content"), to: source + "/file")
            let sink = CollectingSink()
            let first = try await archive(source, into: sink)
            let id = try #require(try sink.node("file", in: first.tree).content?.first)
            sink.forget(id)
            let reports = Reports()
            let second = try await archive(source, into: sink, parent: first.tree, reports: reports)
            #expect(second.tree == first.tree)
            #expect(sink.contains(.data, id))
            #expect(reports.all.map(\.severity) == [.error])
        }
    }

    @Test(arguments: [100, 2 << 20]) func `a file that changes once while being read is read again`(
        byteCount: Int
    ) async throws {
        try await withTemporaryDirectory { source in
            let path = source + "/file"
            try write([UInt8](repeating: 1, count: byteCount), to: path)
            let sink = CollectingSink()
            let reports = Reports()
            let reads = Mutex(0)
            let progress = ArchiveProgress()
            let result = try await archive(source, into: sink, reports: reports, progress: progress) {
                $0.didReadFile = { _ in
                    guard
                        reads.withLock({
                            $0 += 1; return $0
                        }) == 1
                    else { return }
                    try? write([UInt8](repeating: 2, count: byteCount + 7), to: path)
                }
            }
            #expect(reads.withLock { $0 } == 2)
            #expect(reports.all.isEmpty)
            let node = try sink.node("file", in: result.tree)
            #expect(try sink.content(of: node) == [UInt8](repeating: 2, count: byteCount + 7))
            #expect(progress.counts.bytesDone == byteCount + 7)
        }
    }

    @Test(arguments: [100, 2 << 20]) func `a file that never stops changing is stored with a warning`(
        byteCount: Int
    ) async throws {
        try await withTemporaryDirectory { source in
            let path = source + "/file"
            try write([UInt8](repeating: 1, count: byteCount), to: path)
            let sink = CollectingSink()
            let reports = Reports()
            let progress = ArchiveProgress()
            let reads = Mutex(0)
            let result = try await archive(source, into: sink, reports: reports, progress: progress) {
                $0.didReadFile = { _ in
                    let count = reads.withLock {
                        $0 += 1; return $0
                    }
                    try? write([UInt8](repeating: 2, count: byteCount + count), to: path)
                }
            }
            #expect(reads.withLock { $0 } == 2)
            #expect(reports.all.map(\.severity) == [.warning])
            #expect(reports.all.first?.message.contains("changed while it was being read") == true)
            #expect(progress.counts.warnings == 1 && progress.counts.errors == 0)
            #expect(try sink.node("file", in: result.tree).size > 0)
        }
    }

    @Test func `what takes a file's place between listing and opening is handled`() async throws {
        try await withTemporaryDirectory { source in
            for name in ["a", "b", "c", "d", "z"] { try write(bytes(name), to: source + "/" + name) }
            let reports = Reports()
            let isDone = Mutex(false)
            let sink = CollectingSink()
            let result = try await archive(source, into: sink, reports: reports) {
                $0.readConcurrency = 1
                $0.workerCount = 1
                $0.didReadFile = { _ in
                    guard
                        !isDone.withLock({
                            let before = $0; $0 = true; return before
                        })
                    else { return }
                    let manager = FileManager.default
                    for name in ["b", "c", "d"] { try? manager.removeItem(atPath: source + "/" + name) }
                    try? manager.createSymbolicLink(atPath: source + "/b", withDestinationPath: "/etc/passwd")
                    try? manager.createDirectory(atPath: source + "/c", withIntermediateDirectories: true)
                }
            }
            // The link and the directory are reported, the vanished file is not.
            #expect(reports.all.map(\.path) == [bytes(source + "/b"), bytes(source + "/c")])
            #expect(try sink.nodes(result.tree).map(\.name) == [bytes("a"), bytes("z")])
        }
    }

    @Test(.enabled(if: !isRoot)) func `what may not be read is reported and left out`() async throws {
        try await withTemporaryDirectory { source in
            try write([1], to: source + "/file")
            try FileManager.default.createDirectory(atPath: source + "/closed", withIntermediateDirectories: true)
            let directory = try OpenDirectory.open(path: source)
            try directory.setPermissions(0, of: FileName("file"))
            try directory.setPermissions(0, of: FileName("closed"))
            let reports = Reports()
            let result = try await archive(source, into: CollectingSink(), reports: reports)
            #expect(Set(reports.all.map(\.path)) == [bytes(source + "/file"), bytes(source + "/closed")])
            #expect(result.rootNodeCount == 0)
        }
    }

    @Test func `exclusions leave out files, subtrees, marked directories and large files`() async throws {
        try await withTemporaryDirectory { source in
            for name in ["cache/sub", "plain/skip", "plain/keep", "nobackup/x"] {
                try FileManager.default.createDirectory(atPath: source + "/" + name, withIntermediateDirectories: true)
            }
            try write(bytes("Signature: 8a477f597d28d172789f06886806bc55\n"), to: source + "/cache/CACHEDIR.TAG")
            try write(bytes("no signature"), to: source + "/plain/CACHEDIR.TAG")
            try write([1], to: source + "/cache/data")
            try write([], to: source + "/nobackup/.nobackup")
            try write([UInt8](repeating: 0, count: 1000), to: source + "/large")
            let sink = CollectingSink()
            let result = try await archive(source, into: sink) {
                $0.exclude(matching: try PathFilter(patterns: ["skip"]))
                $0.maximumFileByteCount = 999
                $0.exclusionMarks = [
                    try .cacheDirectory(), ExclusionMark(name: try FileName(".nobackup")),
                ]
            }
            #expect(try sink.nodes(result.tree).map(\.name) == ["cache", "nobackup", "plain"].map(bytes))
            func names(_ path: String) throws -> [[UInt8]] {
                let node = try sink.node(path, in: result.tree)
                let subtree = try #require(node.subtree)
                return try sink.nodes(subtree).map(\.name)
            }
            #expect(try names("cache") == [bytes("CACHEDIR.TAG")])
            #expect(try names("nobackup") == [bytes(".nobackup")])
            #expect(try names("plain") == [bytes("CACHEDIR.TAG"), bytes("keep")])
        }
    }

    @Test func `an error of the store ends the run and is the one thrown`() async throws {
        try await withTemporaryDirectory { source in
            for number in 0..<500 { try write(bytes("\(number)"), to: source + "/\(number)") }
            await #expect(throws: CollectingSink.Failure.self) {
                _ = try await archive(source, into: CollectingSink(failsAfter: 100))
            }
        }
    }

    @Test func `a cancelled run ends soon`() async throws {
        try await withTemporaryDirectory { source in
            for number in 0..<2000 { try write(bytes("\(number)"), to: source + "/\(number)") }
            let gate = Mutex<CheckedContinuation<Void, Never>?>(nil)
            // Nothing gets past the first wait, so that the run is sure to be under way when it is cancelled.
            let capacity = AsyncSemaphore(limit: 1)
            try await capacity.wait()
            let sink = CollectingSink(capacity: capacity) { _ in gate.withLock { $0.take() }?.resume() }
            await withThrowingTaskGroup(of: Void.self) { group in
                await withCheckedContinuation { continuation in
                    gate.withLock { $0 = continuation }
                    group.addTask { _ = try await archive(source, into: sink) }
                }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.waitForAll() }
            }
            #expect(sink.saveCount < 2000)
        }
    }

    @Test func `a stream becomes one file`() async throws {
        let sink = CollectingSink()
        var generator = SplitMixGenerator(seed: 1)
        let content = generator.bytes(16 << 20)
        let position = Mutex(0)
        let archiver = Archiver(sink: sink, polynomial: try testPolynomial())
        let time = Timestamp(seconds: 1_577_836_800)
        let result = try await archiver.archiveStream(path: bytes("prng16M"), time: time) { limit in
            position.withLock { position in
                let end = min(position + min(limit, 100_000), content.count)
                defer { position = end }
                return position == content.count ? nil : Array(content[position..<end])
            }
        }
        #expect(result.tree.hex == "654e9196a9808bda6704a936b39bad38eb3cdf9fa58490f4f24c5df83e4ce843")
    }

    @Test func `the scanner counts what the archive stores`() async throws {
        try await withTemporaryDirectory { source in
            try makeVariedTree(at: source)
            let progress = ArchiveProgress()
            let archiver = Archiver(sink: CollectingSink(), polynomial: try testPolynomial(), progress: progress)
            for targets in [["."], ["d", "small"], [source]] {
                let before = progress.counts
                try await archiver.scan(targets.map(bytes), workingDirectory: bytes(source))
                _ = try await archiver.archive(targets.map(bytes), workingDirectory: bytes(source))
                let after = progress.counts
                #expect(after.isScanComplete)
                #expect(after.filesFound - before.filesFound == after.filesDone - before.filesDone)
                #expect(after.bytesFound - before.bytesFound == after.bytesDone - before.bytesDone)
            }
        }
    }

    @Test func `every finished item is reported with its path in the snapshot`() async throws {
        try await withTemporaryDirectory { source in
            try FileManager.default.createDirectory(atPath: source + "/d", withIntermediateDirectories: true)
            try write(bytes("abc"), to: source + "/d/file")
            let reports = Reports()
            _ = try await archive(source, into: CollectingSink(), reports: reports)
            #expect(reports.done.map { String(decoding: $0.path, as: UTF8.self) } == ["/d/file", "/d"])
            #expect(reports.done.map(\.change) == [.new, .new])
            #expect(reports.done.first?.addedByteCount == 3)
        }
    }
}
