// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import TestSupport
import Testing

@Suite("PackHeader")
struct PackHeaderTests {
    private let cipher: MessageCipher

    init() throws {
        var generator = SplitMixGenerator(seed: 31)
        cipher = try MessageCipher(key: .random(using: &generator))
    }

    @Test("reads back what it wrote, asking for more when the header is long", arguments: [1, 15, 16, 17, 3000])
    func roundTrip(count: Int) throws {
        var generator = SplitMixGenerator(seed: UInt64(count))
        let entries = Self.entries(count, using: &generator)
        let blobByteCount = entries.reduce(0) { $0 + Int($1.storedLength) }
        var pack = [UInt8](repeating: 0xbb, count: blobByteCount)
        PackHeader.append(entries, to: &pack, cipher: cipher, iv: InitializationVector(using: &generator))
        #expect(pack.count == PackHeader.packByteCount(of: entries))
        var byteCount = min(PackHeader.eagerByteCount, pack.count)
        for round in 0..<2 {
            let tail = pack.span.extracting((pack.count - byteCount)...)
            switch try PackHeader.read(tail: tail, packByteCount: pack.count, cipher: cipher) {
            case .entries(let found):
                #expect(found == entries)
                return
            case .needs(let needed):
                #expect(round == 0)
                #expect(needed > byteCount)
                byteCount = needed
            }
        }
        Issue.record("the header was never complete")
    }

    @Test("fifteen entries of any kind fit the first read")
    func eager() {
        #expect(PackHeader.eagerByteCount == 651)
        #expect(PackHeader.minimumPackByteCount == 73)
    }

    @Test("a pack is full where restic closes it")
    func room() {
        #expect(PackHeader.hasRoom(afterEntryCount: 0))
        #expect(PackHeader.hasRoom(afterEntryCount: 409_198))
        #expect(!PackHeader.hasRoom(afterEntryCount: 409_199))
    }

    @Test("refuses what cannot be a pack")
    func sizes() throws {
        var generator = SplitMixGenerator(seed: 32)
        var pack = [UInt8](repeating: 0, count: 32)
        let entry = PackEntry(
            kind: .data,
            id: BlobID(SHA256.digest(pack.span)),
            offset: 0,
            storedLength: 32,
            uncompressedLength: 0
        )
        PackHeader.append([entry], to: &pack, cipher: cipher, iv: InitializationVector(using: &generator))
        #expect(failure(pack) == nil)
        #expect(failure(Array(pack.dropFirst())) == .malformed)
        #expect(failure([0] + pack) == .malformed)
        #expect(failure([]) == .truncated)
        #expect(failure(Array(pack.prefix(72))) == .truncated)
        let lengths: [(UInt32, FormatError.Code)] = [
            (0, .malformed), (31, .malformed), (68, .malformed), (70, .notAuthentic), (1 << 24, .truncated),
            ((1 << 24) + 1, .tooLarge), (.max, .tooLarge),
        ]
        for (length, code) in lengths {
            var changed = pack
            for place in 0..<4 {
                changed[pack.count - 4 + place] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(place)))
            }
            #expect(failure(changed) == code, "length \(length)")
        }
    }

    @Test("refuses entries that cannot be")
    func entries() throws {
        let id = String(repeating: "ab", count: 32)
        let cases: [(String, FormatError.Code?)] = [
            ("", nil),
            ("0020000000" + id, nil),
            ("001f000000" + id, .malformed),
            ("022000000000000000" + id, .malformed),
            ("032000000001000000" + id, nil),
            ("0420000000" + id, .unsupported),
            ("ff20000000" + id, .unsupported),
            ("0020000000", .truncated),
            ("0020000000" + id + "00", .truncated),
            ("00ffffffff" + id + "0020000000" + id, .tooLarge),
            ("00dfffffff" + id + "0020000000" + id, nil),
        ]
        for (text, code) in cases {
            let plaintext = [UInt8](hex: text)
            do {
                _ = try PackHeader.entries(plaintext: plaintext.span)
                #expect(code == nil, "\(text)")
            } catch {
                #expect(code == error.code, "\(text)")
            }
        }
    }

    static func entries(_ count: Int, using generator: inout SplitMixGenerator) -> [PackEntry] {
        var offset: UInt32 = 0
        return (0..<count).map { _ in
            let length = UInt32.random(in: 32...400, using: &generator)
            defer { offset += length }
            let bytes = generator.bytes(8)
            return PackEntry(
                kind: Bool.random(using: &generator) ? .data : .tree,
                id: BlobID(SHA256.digest(bytes.span)),
                offset: offset,
                storedLength: length,
                uncompressedLength: Bool.random(using: &generator) ? 0 : .random(in: 1...(.max), using: &generator)
            )
        }
    }

    private func failure(_ pack: [UInt8]) -> FormatError.Code? {
        do {
            _ = try PackHeader.read(tail: pack.span, packByteCount: pack.count, cipher: cipher)
            return nil
        } catch {
            return error.code
        }
    }
}
