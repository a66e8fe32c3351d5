// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import TestSupport
import Testing

/// A complete repository built with fixed keys, salt and initialization vectors, compared byte for byte.
///
/// restic 0.14.0 and 0.19.1 pass `check --read-data` on these very files and restore from them.
@Suite("Known repository")
struct KnownRepositoryTests {
    private static let password = Array("fixture-password".utf8)
    private static let salt = (0..<64).map { UInt8($0) }
    private static let parameters = Scrypt.Parameters(costFactor: 1024, blockFactor: 8, parallelism: 1)
    private static let greeting = Array("hello restic\n".utf8)
    private static let digits = Array(String(repeating: "0123456789", count: 10).utf8)
    private static let greetingID = "fbbd69198637d5360353c39796181175de6311c2a61abe2fe6392c938018660f"
    private static let digitsID = "9cfe7faff7054298ca87557e15a10262de8d3eee77827417fbdfea1c41b9ec23"
    private static let treeID = "bcd901d527d935fd8b474dd7af9dbd0c857b66a317174aa0b3d6b0520ee70f65"
    private static let dataPackID = "6ea2a6866b7499abae5e1f739dcd2d6b8ff0449e059c177e3bf4bcab820dbdf7"
    private static let treePackID = "a8d71cffd38e041f80bc281e54f7c8f753496db6f55d98a6e0ae6559c110cc96"

    private let masterKey: CipherKey
    private let cipher: MessageCipher

    init() throws {
        masterKey = try CipherKey(bytes: Self.salt.span)
        cipher = try MessageCipher(key: masterKey)
    }

    @Test("the password derives the user key")
    func userKey() throws {
        let key = try KeyFile.userKey(password: Self.password.span, salt: Self.salt, parameters: Self.parameters)
        let expected = """
            d511a7cd5acb270aa954d31b4d8828c825c8ff7aa5ad84454a8fbbab88a954c4
            015a98e9baa9666ef86fb53b9c475641cd3b45d549eb6904236553df2634aae3
            """
        let bytes = key.withBytes { span in (0..<span.count).map { span[$0] } }
        #expect(bytes == [UInt8](hex: expected))
    }

    @Test("the key file seals the master key and opens again")
    func keyFile() throws {
        let json = String(decoding: masterKey.json(), as: UTF8.self)
        #expect(
            json == #"{"mac":{"k":"ICEiIyQlJicoKSorLC0uLw==","r":"MDEyMzQ1Njc4OTo7PD0+Pw=="},"#
                + #""encrypt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}"#
        )
        let file = try KeyFile.sealing(
            masterKey,
            password: Self.password.span,
            parameters: Self.parameters,
            origin: .init(created: Timestamp(seconds: 1_577_934_245), username: "u", hostname: "h"),
            salt: Self.salt,
            iv: .init(high: 0x4041_4243_4445_4647, low: 0x4849_4a4b_4c4d_4e4f)
        )
        let sealed = """
            404142434445464748494a4b4c4d4e4f2df6a91ab7874a81beddea0ad93ee117051fe42e6beec4611c72d00c06689b64
            4803183b640c218d7db8926ba4acee88acf005d3033ec860c6615abdd39a82420af072b92aa2c1728d7b0b6d16f21401
            9a0d2d96aa3d1d999796c6e6c63c9feed5f54922b0c84aa992e00060f9ef09e7d3413165b67172344a028a7e453dc2de
            c19ed710eb44b1d45a1ff74be87c05e9
            """
        #expect(file.sealedMasterKey == [UInt8](hex: sealed))
        let bytes = file.json()
        #expect(SHA256.digest(bytes.span).hex == "b80c7635ab6392e2cfb8d27abe18b58b23fde2d0b4b0c39fab549aa5f1410bc1")
        let decoded = try KeyFile(json: bytes)
        #expect(decoded == file)
        #expect(try decoded.masterKey(password: Self.password.span).json() == masterKey.json())
    }

    @Test("config")
    func config() throws {
        let config = RepositoryConfig(
            version: .v2,
            id: try #require(RepositoryID(hex: String(repeating: "ab", count: 32))),
            polynomial: try Polynomial(hex: "3da3358b4dc173")
        )
        let file = config.file(cipher: cipher, iv: .init(high: 0x5051_5253_5455_5657, low: 0x5859_5a5b_5c5d_5e5f))
        let expected = """
            505152535455565758595a5b5c5d5e5fec6937424a96662aa9dbe1176d1d4e2f0aa7d32ebc0686e9781b5cb0ee634c2f
            8399351543b11ae11ced5158a391de18962a1245aeee6417ac7ee370548f8917e54f0f7312aa3dcfd0e27b9efaaeab36
            69c066311034a795a1cf087a6971afad8a54076e13e16f69c725d3124d5f456f1daa0c7402f245019f12ece47b1ed918
            817f7d71185fdc8051b072
            """
        #expect(file == [UInt8](hex: expected))
        #expect(SHA256.digest(file.span).hex == "ea0829c480be20285fb76328020b446910d9abb9c21fe0c747484c4d3002bd76")
        #expect(try RepositoryConfig(file: file.span, cipher: cipher) == config)
    }

    @Test("sealed messages")
    func messages() {
        let iv = InitializationVector(high: 0x6061_6263_6465_6667, low: 0x6869_6a6b_6c6d_6e6f)
        var sealed: [UInt8] = []
        cipher.seal(Self.greeting.span, iv: iv, appendingTo: &sealed)
        #expect(
            sealed.hex == "606162636465666768696a6b6c6d6e6fb8c76c929b4956c1cb59969b59cff7c4d5da74db2050973dbb90e85c03"
        )
        sealed = []
        let empty: [UInt8] = []
        cipher.seal(empty.span, iv: iv, appendingTo: &sealed)
        #expect(sealed.hex == "606162636465666768696a6b6c6d6e6f2602f2f0a58cfbd1cd1a16cfd98bee32")
    }

    @Test("the data pack")
    func dataPack() throws {
        let (pack, entries) = try makeDataPack()
        let expected = """
            010101010101010101010101010101011d876445780160de81d4245e21ad3313d5086c3d69ae7a5f7563dccdc3020202
            020202020202020202020202024fa32b8d6646d28b5ac7f82f52e8d22797d55ba2e3064b6775789bf91c5fb6c93def89
            9ecd61a542087d8a38160e6b0084bddff1b901681c6ac43449f0be1e59400505a2f15f32d2c29ba9c300827f02af3823
            f160edbef280dd067c651ec1d6580567240f99952a390eed79ef17869b0fc1888a61271c8fe0291e2fea030303030303
            03030303030303030303e7b6ec73746c13882d2c88ff56a432a92cb5d4f5f74b7f0d6f8dba69b45330720a53ddc11188
            436b0e07582a914e0e70ba747615499921a8849ee151b7879e8c59fabbef055824adb6ae8fe7d1585bfc64e6c62a9db1
            97b8669cd4f04ca76e000000
            """
        #expect(pack == [UInt8](hex: expected))
        #expect(SHA256.digest(pack.span).hex == Self.dataPackID)
        #expect(
            PackHeader.plaintext(of: entries).hex
                == "002d000000\(Self.greetingID)028d00000064000000\(Self.digitsID)"
        )
        #expect(PackHeader.packByteCount(of: entries) == pack.count)
        #expect(try PackHeader.read(tail: pack.span, packByteCount: pack.count, cipher: cipher) == .entries(entries))
        var frame: [UInt8] = []
        try cipher.open(pack.span.extracting(45..<186), appendingTo: &frame)
        var content: [UInt8] = []
        try ZstdDecompressor().decompress(frame.span, maximumByteCount: 100, appendingTo: &content)
        #expect(content == Self.digits)
    }

    @Test("tree pack, index and snapshot")
    func metadata() throws {
        let (treePack, treeEntries) = try makeTreePack()
        #expect(treePack.count == 421)
        #expect(SHA256.digest(treePack.span).hex == Self.treePackID)

        var index = IndexEncoder()
        for (id, entries) in [(Self.dataPackID, try makeDataPack().entries), (Self.treePackID, treeEntries)] {
            index.beginPack(try #require(PackID(hex: id)))
            for entry in entries {
                index.append(
                    entry.id,
                    kind: entry.kind,
                    offset: entry.offset,
                    storedLength: entry.storedLength,
                    uncompressedLength: entry.uncompressedLength
                )
            }
        }
        let indexFile = try unpacked(index.finish(), vectorByte: 6)
        #expect(SHA256.digest(indexFile.span).hex == "3f7e46c720b30b996f6d9abba81f66e3f6577871d60c5cd766b7066d585dc673")

        let snapshot = Snapshot(
            time: Timestamp(seconds: 1_577_836_800),
            tree: try #require(BlobID(hex: Self.treeID)),
            paths: ["/k"]
        )
        let snapshotFile = try unpacked(snapshot.encode(), vectorByte: 7)
        #expect(
            SHA256.digest(snapshotFile.span).hex == "311998a7ac58ea9fc692d95a86797b3788cd069745d3333ed083060cfab45387"
        )
        let decompressor = ZstdDecompressor()
        for version in RepositoryVersion.allCases {
            let json = try UnpackedFile.json(
                file: snapshotFile.span,
                version: version,
                maximumByteCount: 1000,
                decompressor: decompressor,
                cipher: cipher
            )
            #expect(json == snapshot.encode())
        }
    }

    private func makeDataPack() throws -> (bytes: [UInt8], entries: [PackEntry]) {
        var pack: [UInt8] = []
        cipher.seal(Self.greeting.span, iv: Self.vector(1), appendingTo: &pack)
        let frame = [UInt8](hex: "28b52ffd2064210300") + Self.digits
        cipher.seal(frame.span, iv: Self.vector(2), appendingTo: &pack)
        let entries = [
            PackEntry(
                kind: .data,
                id: BlobID(SHA256.digest(Self.greeting.span)),
                offset: 0,
                storedLength: 45,
                uncompressedLength: 0
            ),
            PackEntry(
                kind: .data,
                id: BlobID(SHA256.digest(Self.digits.span)),
                offset: 45,
                storedLength: 141,
                uncompressedLength: 100
            ),
        ]
        #expect(entries.map(\.id.hex) == [Self.greetingID, Self.digitsID])
        PackHeader.append(entries, to: &pack, cipher: cipher, iv: Self.vector(3))
        return (pack, entries)
    }

    private func makeTreePack() throws -> (bytes: [UInt8], entries: [PackEntry]) {
        var node = Node(
            name: Array("a".utf8),
            kind: .file,
            mode: NodeMode(rawValue: 420),
            modificationTime: Timestamp(seconds: 1_577_836_800)
        )
        node.size = 113
        node.content = [Self.greetingID, Self.digitsID].compactMap { BlobID(hex: $0) }
        var encoder = TreeEncoder()
        try encoder.append(node)
        let tree = encoder.finish()
        let id = BlobID(SHA256.digest(tree.span))
        #expect(id.hex == Self.treeID)
        var pack: [UInt8] = []
        cipher.seal(tree.span, iv: Self.vector(4), appendingTo: &pack)
        let entries = [PackEntry(kind: .tree, id: id, offset: 0, storedLength: 348, uncompressedLength: 0)]
        PackHeader.append(entries, to: &pack, cipher: cipher, iv: Self.vector(5))
        return (pack, entries)
    }

    private func unpacked(_ json: [UInt8], vectorByte: UInt64) throws -> [UInt8] {
        var file: [UInt8] = []
        try UnpackedFile.append(json.span, to: &file, compressor: nil, cipher: cipher, iv: Self.vector(vectorByte))
        return file
    }

    private static func vector(_ byte: UInt64) -> InitializationVector {
        let word = byte &* 0x0101_0101_0101_0101
        return InitializationVector(high: word, low: word)
    }
}
