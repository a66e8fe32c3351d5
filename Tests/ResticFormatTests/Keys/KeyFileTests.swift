// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import TestSupport
import Testing

@Suite("KeyFile")
struct KeyFileTests {
    private static let parameters = Scrypt.Parameters(costFactor: 16, blockFactor: 1, parallelism: 1)

    @Test("only the right password opens it, the empty one included", arguments: ["", "secret", "gehëim\u{0}x"])
    func passwords(password: String) throws {
        var generator = SplitMixGenerator(seed: 41)
        let key = try CipherKey.random(using: &generator)
        let file = try Self.make(key, password: password, using: &generator)
        let right = Array(password.utf8)
        #expect(try file.masterKey(password: right.span).json() == key.json())
        let wrong = right + [0x20]
        #expect(
            Self.failure { () throws(FormatError) in _ = try file.masterKey(password: wrong.span) } == .notAuthentic
        )
    }

    @Test("two files of one master key share nothing random")
    func freshness() throws {
        var generator = SplitMixGenerator(seed: 42)
        let key = try CipherKey.random(using: &generator)
        let first = try Self.make(key, password: "p", using: &generator)
        let second = try Self.make(key, password: "p", using: &generator)
        #expect(first.salt != second.salt)
        #expect(first.sealedMasterKey[..<16] != second.sealedMasterKey[..<16])
    }

    @Test("names are escaped as JSON and come back")
    func names() throws {
        var generator = SplitMixGenerator(seed: 43)
        let file = try KeyFile.sealing(
            .random(using: &generator),
            password: Array("p".utf8).span,
            parameters: Self.parameters,
            origin: .init(created: .epoch, username: "a\"<b>", hostname: "höst\n"),
            using: &generator
        )
        #expect(try KeyFile(json: file.json()) == file)
    }

    @Test("refuses other key derivations, salts and sizes")
    func refusals() throws {
        func json(kdf: String = "scrypt", saltByteCount: Int = 64, padding: Int = 0) -> [UInt8] {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("kdf")
            writer.string(kdf)
            writer.key("salt")
            let salt = [UInt8](repeating: 1, count: saltByteCount)
            writer.base64(salt.span)
            writer.key("future")
            writer.string(String(repeating: "x", count: padding))
            writer.endObject()
            return writer.takeBytes()
        }
        let cases: [([UInt8], FormatError.Code?)] = [
            (json(), nil), (json(kdf: "argon2"), .unsupported), (json(saltByteCount: 63), .malformed),
            (json(padding: KeyFile.maximumByteCount), .tooLarge), ([], .truncated), (Array("{}".utf8), .unsupported),
        ]
        for (bytes, code) in cases {
            #expect(Self.failure { () throws(FormatError) in _ = try KeyFile(json: bytes) } == code)
        }
    }

    @Test("hostile parameters are refused before any work")
    func hostileParameters() throws {
        var generator = SplitMixGenerator(seed: 44)
        let good = try Self.make(.random(using: &generator), password: "p", using: &generator)
        for cost in [Int.min, -1, 0, 1, 3, 1 << 30, Int.max] {
            let file = KeyFile(
                created: good.created,
                username: "",
                hostname: "",
                parameters: .init(costFactor: cost, blockFactor: 8, parallelism: 1),
                salt: good.salt,
                sealedMasterKey: good.sealedMasterKey
            )
            let password: [UInt8] = [0x70]
            let code = Self.failure { () throws(FormatError) in _ = try file.masterKey(password: password.span) }
            #expect(code == .unsupported || code == .tooLarge)
        }
    }

    static func make(
        _ key: CipherKey,
        password: String,
        using generator: inout SplitMixGenerator
    ) throws -> KeyFile {
        try KeyFile.sealing(
            key,
            password: Array(password.utf8).span,
            parameters: parameters,
            origin: .init(created: .epoch, username: "u", hostname: "h"),
            using: &generator
        )
    }

    private static func failure(_ body: () throws(FormatError) -> Void) -> FormatError.Code? {
        do {
            try body()
            return nil
        } catch {
            return error.code
        }
    }
}
