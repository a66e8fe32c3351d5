// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import TestSupport
import Testing

@Suite("Scrypt")
struct ScryptTests {
    /// RFC 7914, section 12.
    @Test(
        "derives the RFC's keys",
        arguments: [
            (
                "", "", 16, 1, 1,
                """
                77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442
                fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
                """
            ),
            (
                "password", "NaCl", 1024, 8, 16,
                """
                fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
                2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
                """
            ),
            (
                "pleaseletmein", "SodiumChloride", 16384, 8, 1,
                """
                7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
                d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
                """
            ),
        ]
    )
    func vectors(password: String, salt: String, cost: Int, block: Int, parallelism: Int, key: String) throws {
        let derived = try Scrypt.derive(
            password: Array(password.utf8).span,
            salt: Array(salt.utf8).span,
            parameters: .init(costFactor: cost, blockFactor: block, parallelism: parallelism),
            byteCount: 64
        )
        #expect(derived == [UInt8](hex: key))
    }

    @Test(
        "refuses parameters outside the RFC's ranges",
        arguments: [
            (0, 8, 1), (1, 8, 1), (3, 8, 1), (-2, 8, 1), (Int.min, 8, 1), (1024, 0, 1), (1024, 8, 0), (1024, -1, -1),
            (1024, 1 << 15, 1 << 15), (1 << 31, 8, 1), (1024, Int.max, Int.max),
        ]
    )
    func badParameters(cost: Int, block: Int, parallelism: Int) {
        #expect(failure(cost, block, parallelism) == .unsupported)
    }

    @Test(
        "refuses to be made to work for hours or in gigabytes",
        arguments: [
            (1 << 30, 8, 1), (1 << 20, 8, 1 << 20), (1 << 14, 8, 1 << 20), (2, 1 << 29, 1),
        ]
    )
    func hostileParameters(cost: Int, block: Int, parallelism: Int) {
        #expect(failure(cost, block, parallelism) == .tooLarge)
    }

    private func failure(_ cost: Int, _ block: Int, _ parallelism: Int) -> TransformError.Code? {
        let bytes: [UInt8] = [1]
        do {
            _ = try Scrypt.derive(
                password: bytes.span,
                salt: bytes.span,
                parameters: .init(costFactor: cost, blockFactor: block, parallelism: parallelism),
                byteCount: 64
            )
            return nil
        } catch {
            return error.code
        }
    }
}
