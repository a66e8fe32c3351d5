// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import TestSupport
import Testing

@testable import ResticFormat

/// Damaged input must lead to a value or a ``FormatError``, never to a trap, and never to unbounded work.
@Suite("Decoders given damaged text")
struct DecoderFuzzTests {
    private static let caseCount = FuzzCases.count(standard: 4_000)

    private static let tokens = [
        "18446744073709551616", "4294967296", "-1", "1e999", "null", "[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":",
        "\"\\ud800\"",
        "\"\\u0000\"", "\\", "\"", "[]", "{}", "]", "}", ",", ":", "true", "0.0",
        "\"9999-12-31T23:59:59.999999999-23:59\"",
        "\"0000-01-01T00:00:00+23:59\"", "\"packs\":", "\"nodes\":", "\"id\":", "\"blobs\":[", "\u{0}", "\u{feff}",
        "\\\\x",
        "\\\\U0010ffff", "9223372036854775808", "-9223372036854775809", "\"====\"",
    ]

    private func digest(_ number: UInt64) -> Digest256 { Digest256(words: (number, 1, 2, 3)) }

    /// Feeds damaged copies of `text` to `decode`.
    private func fuzz(_ text: [UInt8], seed: UInt64, _ decode: ([UInt8]) throws -> Void) {
        var generator = SplitMixGenerator(seed: seed)
        var accepted = 0
        for index in 0..<Self.caseCount {
            let damaged = FuzzCases.damaged(text, tokens: Self.tokens, using: &generator)
            do {
                try decode(damaged)
                accepted += 1
            } catch let error as FormatError {
                #expect(error.message.utf8.count < 2_000, "case \(index) of seed \(seed)")
            } catch {
                Issue.record("case \(index) of seed \(seed): \(error)")
            }
        }
        #expect(accepted < Self.caseCount)
        for count in 0..<min(text.count, Self.caseCount) { try? decode(Array(text[..<count])) }
    }

    @Test("the JSON reader stays within its text", arguments: [1, 2] as [UInt64])
    func reader(seed: UInt64) {
        let text = Array(#" {"a":[1,-2.5e3,true,null,"x\n\u00e9é",{"b":{"c":[[]]}}],"d":"0123456789abcdef"} "#.utf8)
        fuzz(text, seed: seed) { damaged in
            var reader = JSONReader(damaged)
            try reader.skipValue()
            try reader.finish()
            // What the grammar accepts survives being decoded and written again.
            var strings = JSONReader(damaged)
            try strings.beginObject()
            while try strings.nextKey() {
                let name = strings.keyBytes()
                var writer = JSONWriter()
                writer.string(name.span)
                var again = JSONReader(writer.bytes)
                let reread = try again.readString()
                #expect(reread == name)
                try strings.skipValue()
            }
        }
    }

    @Test("typed reads of any bytes end in a value or an error", arguments: [3] as [UInt64])
    func typedReads(seed: UInt64) {
        var generator = SplitMixGenerator(seed: seed)
        let alphabet = Array(#"{}[],:"\ -+.0123456789eEtrufalsn/ud8Zz="#.utf8) + [0, 0x0a, 0x80, 0xc3, 0xa9, 0xff]
        for _ in 0..<Self.caseCount {
            let length = Int.random(in: 0..<24, using: &generator)
            let text = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
            for choice in 0..<10 {
                var reader = JSONReader(text)
                try? read(&reader, choice)
                #expect(reader.position <= text.count)
            }
        }
    }

    private func read(_ reader: inout JSONReader, _ choice: Int) throws {
        switch choice {
        case 0: _ = try reader.readUInt64()
        case 1: _ = try reader.readInt64()
        case 2: _ = try reader.readDouble()
        case 3: _ = try reader.readText()
        case 4: _ = try reader.readBase64()
        case 5: _ = try reader.readTimestamp()
        case 6: _ = try reader.readBool()
        case 7: _ = try reader.captureValue()
        case 8: _ = try reader.nextKey()
        default: _ = try reader.nextElement()
        }
    }

    @Test("trees", arguments: [11, 12] as [UInt64])
    func trees(seed: UInt64) throws {
        var encoder = TreeEncoder()
        for name in ["a", "b\u{a0}", "c"] {
            var node = Node(
                name: Array(name.utf8) + [0xff],
                kind: .symlink,
                mode: NodeMode(posix: 0o120777),
                modificationTime: Timestamp(seconds: 1_600_000_000, nanoseconds: 5, utcOffsetSeconds: -12_600)
            )
            node.linkTarget = [0x61, 0xff]
            node.inode = 5
            node.size = 77
            node.extendedAttributes = [.init(name: Array("user.a".utf8), value: [1, 2, 3])]
            node.genericAttributes = Array(#"{"x":[1]}"#.utf8)
            node.content = [BlobID(digest(0))]
            try encoder.append(node)
        }
        fuzz(encoder.finish(), seed: seed) { damaged in
            var decoder = try TreeDecoder(damaged, comparesEncoding: true)
            var copy = TreeEncoder()
            while let node = try decoder.next() {
                try copy.append(node)
                try? NodeName.checkForRestore(node.name.span)
            }
            let text = copy.finish()
            let nodes = try TreeDecoder.nodes(of: damaged)
            let again = try TreeDecoder.nodes(of: text)
            #expect(nodes == again)
            if decoder.isReproducible { #expect(text.count == damaged.count) }
        }
    }

    @Test("trees in pieces are what they are as a whole", arguments: [13, 14] as [UInt64])
    func treesInPieces(seed: UInt64) throws {
        var encoder = TreeEncoder()
        for name in ["a", "b\"{", "c\\", "d]}", "e"] {
            var node = Node(
                name: Array(name.utf8),
                kind: .file,
                mode: NodeMode(posix: 0o100644),
                modificationTime: Timestamp(seconds: 1)
            )
            node.content = [BlobID(digest(7))]
            node.extendedAttributes = [.init(name: Array("user.a".utf8), value: [1])]
            try encoder.append(node)
        }
        var pieces = SplitMixGenerator(seed: seed ^ 99)
        fuzz(encoder.finish(), seed: seed) { damaged in
            let whole = Result { try TreeDecoder.nodes(of: damaged) }
            let limit = Int.random(in: 1...400, using: &pieces)
            let split = Result { try Self.nodes(of: damaged, inPiecesOf: limit) }
            switch (whole, split) {
            case (.success(let whole), .success(let split)): #expect(whole == split, "pieces of \(limit)")
            case (.failure, .failure): break
            default: Issue.record("pieces of \(limit): \(whole) and \(split)")
            }
            _ = try whole.get()
        }
    }

    private static func nodes(of text: [UInt8], inPiecesOf limit: Int) throws -> [Node] {
        var window = TreeWindow()
        var nodes: [Node] = []
        var position = 0
        while !window.hasEnded {
            let end = min(text.count, position + limit)
            try window.append(Array(text[position..<end]), isLast: position == text.count)
            position = end
            while let node = try window.next() { nodes.append(node) }
        }
        return nodes
    }

    @Test("indexes", arguments: [21, 22] as [UInt64])
    func indexes(seed: UInt64) {
        var encoder = IndexEncoder()
        var generator = SplitMixGenerator(seed: seed)
        for _ in 0..<3 {
            encoder.beginPack(PackID(digest(generator.next())))
            for index in 0..<2 {
                encoder.append(
                    BlobID(digest(generator.next())),
                    kind: index == 0 ? .data : .tree,
                    offset: UInt32(index * 100),
                    storedLength: 100,
                    uncompressedLength: UInt32(index)
                )
            }
        }
        fuzz(encoder.finish(), seed: seed) { damaged in
            var count = 0
            let contents = try IndexFile.decode(damaged) { _, location in
                count += 1
                #expect(UInt64(location.offset) + UInt64(location.storedLength) <= UInt64(UInt32.max))
            }
            #expect(contents.blobCount == count)
        }
    }

    @Test("snapshots", arguments: [31, 32] as [UInt64])
    func snapshots(seed: UInt64) {
        var snapshot = Snapshot(
            time: Timestamp(seconds: 1, nanoseconds: 2, utcOffsetSeconds: 3_600),
            tree: BlobID(digest(1)),
            paths: ["/a", "/b"]
        )
        snapshot.parent = SnapshotID(digest(2))
        snapshot.hostname = "h"
        snapshot.tags = ["t"]
        snapshot.summary = SnapshotSummary(backupStart: .epoch, backupEnd: .zero)
        snapshot.volumeRoot = Node(
            name: [0x2e],
            kind: .directory,
            mode: NodeMode(posix: 0o040755),
            modificationTime: .epoch
        )
        snapshot.extra = [JSONExtraMember(name: Array("label".utf8), value: Array(#"{"x":[1,2]}"#.utf8))]
        fuzz(snapshot.encode(), seed: seed) { damaged in
            let decoded = try Snapshot(decoding: damaged)
            let again = try Snapshot(decoding: decoded.encode())
            #expect(decoded == again)
        }
    }

    @Test("locks", arguments: [41] as [UInt64])
    func locks(seed: UInt64) {
        let lock = LockFile(
            time: .epoch,
            isExclusive: true,
            hostname: "h",
            username: "u",
            processID: 1,
            userID: 2,
            groupID: 3
        )
        fuzz(lock.encode(), seed: seed) { damaged in
            let decoded = try LockFile(decoding: damaged)
            let again = try LockFile(decoding: decoded.encode())
            #expect(decoded == again)
            _ = decoded.staleness(now: Timestamp(seconds: .max), hostname: "h") { _ in true }
            _ = decoded.staleness(now: Timestamp(seconds: .min), hostname: "h") { _ in true }
        }
    }
}
