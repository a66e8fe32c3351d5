// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import TestSupport
import Testing

/// Known answers for the polynomial 3da3358b4dc173, confirmed with restic 0.14.0 and 0.19.1.
@Suite("Chunk known answers")
struct ChunkVectorTests {
    private static let polynomial: UInt64 = 0x3D_A335_8B4D_C173
    private static let hash = RollingHash(polynomial: polynomial)
    private static let input: [UInt8] = {
        var generator = SplitMixGenerator(seed: 1)
        return generator.bytes(16 << 20)
    }()
    private static let chunks: [(length: Int, digest: UInt64?, id: String)] = [
        (686181, 0x9_ffb7_0420_0000, "a6a59df5e79b1855866c0ce95bea25d1e78a35eb7091d4c1a58636def770bafd"),
        (2_396_096, 0x1b_a8f2_abe0_0000, "11806fecf9213afb624a36afc20516eac98d1d8898f9d1eef8049e75d15a6a84"),
        (572647, 0x7_578c_f360_0000, "98bee237cb782dbad6ed8e0dbd8a96d09a6193fd7f2090611bdd065fa9a89749"),
        (987762, 0xb_2c2a_3590_0000, "d10943f2e89b795a66697960492c5d2990a653ea1ba23b73581d8c6831205a27"),
        (1_556_808, 0xf_75d0_1e30_0000, "42b3d69b6e07f819f70a2270d160c94f6521e1a42590c0f86a5b260019d29d1a"),
        (766906, 0x13_8b65_fac0_0000, "63c355306eaa95249d47724c1425d30ee3728d3cfabe7523881edeeb0950f133"),
        (4_273_775, 0x1d_8d12_3070_0000, "a97abf55e144478054c0a349152bf3c39cd2259638adb8a71100f47c1237affc"),
        (1_396_512, 0x3_5d98_fb50_0000, "6390de78870c59330f660aa7c2cd0f618942538446a784b2cab5cd1757fada12"),
        (1_773_442, 0x1a_2e63_b070_0000, "3ed0a39338347e1688b5be2b80248b6fc678ef095a45746de6f8797903a1a9be"),
        (561149, 0x1d_ae01_94e0_0000, "2610d8133f807f788b33c87de5ea017707110c0b5ef3f9b205d0d28f2e087c3c"),
        (700442, 0x18_5799_95d0_0000, "e278b9a541015ed9be7a03c6f5f4e3111caf302a755e9dddaec31c25e84d7c7c"),
        (1_105_496, nil, "35595d106de09ac380eedafc6d4d607650095e7d24c19965d18f5af54a1ae194"),
    ]

    @Test("the generator gives the published bytes")
    func generator() {
        #expect(Array(Self.input[..<16]).hex == "c15c0289ec2d0a9167ec8e65a18debbe")
        let digest = SHA256.digest(Self.input.span)
        #expect(digest.hex == "fac9551d34247bcce5ddd3ea59c084218b09cdca7f50afc13d4ee8d80e2e565c")
    }

    @Test("16 MiB of random bytes are cut into the published chunks")
    func randomChunks() {
        var finder = ChunkFinder(hash: Self.hash)
        var start = 0
        for expected in Self.chunks {
            let rest = Self.input.span.extracting(start...)
            guard let length = finder.nextCut(in: rest, isEnd: true) else {
                Issue.record("no chunk at \(start)")
                return
            }
            #expect(length == expected.length)
            #expect(SHA256.digest(rest.extracting(..<length)).hex == expected.id)
            if let digest = expected.digest {
                #expect(Self.hash.digest(of: rest.extracting((length - 64)..<length)) == digest)
            }
            start += length
        }
        #expect(start == Self.input.count)
        let empty: [UInt8] = []
        #expect(finder.nextCut(in: empty.span, isEnd: true) == nil)
    }

    @Test("digests of short windows are the published ones")
    func digests() {
        let counting = (0...64).map { UInt8($0) }
        #expect(Self.hash.digest(of: counting.span.extracting(0..<64)) == 0x4_4b76_cac5_cee3)
        #expect(Self.hash.digest(of: counting.span.extracting(1..<65)) == 0x18_8016_93e7_1b63)
        let constants: [(UInt8, UInt64)] = [(0xff, 0x6_d987_9d4c_4d97), (1, 0x18_2bcd_1597_9498), (0, 0)]
        for (byte, digest) in constants {
            let window = [UInt8](repeating: byte, count: 64)
            #expect(Self.hash.digest(of: window.span) == digest)
        }
    }

    @Test("the reference chunker has the published tables and chunks")
    func reference() {
        var reference = ReferenceChunker(polynomial: Self.polynomial)
        let removals: [(Int, UInt64)] = [
            (1, 0x17_eb42_32e1_9216), (2, 0x12_75b1_ee8e_e55f), (3, 0x5_9ef3_dc6f_7749), (255, 0xb_80b9_8cec_c39a),
        ]
        for (byte, value) in removals { #expect(reference.removal(of: byte) == value) }
        let reductions: [(Int, UInt64)] = [
            (1, 0x3d_a335_8b4d_c173), (2, 0x46_e55e_9dd6_4395), (3, 0x7b_466b_169b_82e6), (255, 0x1ff7_ac8a_5af4_76a7),
        ]
        for (byte, value) in reductions { #expect(reference.reduction(of: byte) == value) }
        let prefix = Array(Self.input[..<3_700_000])
        let cuts = reference.cuts(in: prefix)
        #expect(cuts.map(\.position) == [686181, 686181 + 2_396_096, 686181 + 2_396_096 + 572647, 3_700_000])
        #expect(cuts[1].digest == 0x1b_a8f2_abe0_0000)
    }

    @Test("zeros are cut every 512 KiB")
    func zeros() {
        let bytes = [UInt8](repeating: 0, count: 3 * 524_288 + 100)
        let ids = Self.ids(of: bytes)
        #expect(ids.count == 4)
        #expect(ids[..<3].allSatisfy { $0 == ZeroChunk.id })
        #expect(ids[3].hex == "cd00e292c5970d3c5e2f0ffa5171e555bc46bfc4faddfb4a418b6840b86e79a3")
        #expect(Self.ids(of: Array(bytes[..<524_288])) == [ZeroChunk.id])
        #expect(ZeroChunk.count(inZeros: bytes.count) == 3)
        #expect(ZeroChunk.matches(bytes.span.extracting(..<524_288)) == true)
        #expect(ZeroChunk.matches(bytes.span) == false)
    }

    @Test("other constant bytes run to the maximum")
    func constants() {
        let ids = Self.ids(of: [UInt8](repeating: 1, count: 20 << 20)).map(\.hex)
        let whole = "bb929bbdce85fdbc903a463e96630a25f8b6ef5b76090e24cd92ea8fb47b2f65"
        #expect(ids == [whole, whole, "5d2bafc266e711ed1e303de871e5b281fea2083d96e579dd504798bba5a34b42"])
    }

    @Test("a cut exactly at the end, and inputs below the minimum")
    func ends() {
        #expect(Self.ids(of: Array(Self.input[..<686181])).map(\.hex) == [Self.chunks[0].id])
        var second = SplitMixGenerator(seed: 2)
        let secondID = "5d4214e3207c61b480a28f4165b7fed70fcbab56bf6d17cbff844d2c49201b13"
        #expect(Self.ids(of: second.bytes(614_400)).map(\.hex) == [secondID])
        var third = SplitMixGenerator(seed: 3)
        let thirdID = "2681afbbd7b6eedf8873a917ff924074337e3126d2cd324ec2ef0f77d00425f0"
        #expect(Self.ids(of: third.bytes(524_287)).map(\.hex) == [thirdID])
        #expect(Self.ids(of: []).isEmpty)
    }

    private static func ids(of bytes: [UInt8]) -> [BlobID] {
        var finder = ChunkFinder(hash: hash)
        var ids: [BlobID] = []
        var start = 0
        while let length = finder.nextCut(in: bytes.span.extracting(start...), isEnd: true) {
            ids.append(BlobID(SHA256.digest(bytes.span.extracting(start..<(start + length)))))
            start += length
        }
        return ids
    }
}
