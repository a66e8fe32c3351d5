// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import TestSupport
import Testing

@Suite("RepositoryConfig")
struct RepositoryConfigTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)

    @Test("a new one has a random id and polynomial, or the polynomial asked for")
    func creation() throws {
        var generator = SplitMixGenerator(seed: 51)
        let first = RepositoryConfig(version: .v2, using: &generator)
        let second = RepositoryConfig(version: .v1, polynomial: first.polynomial, using: &generator)
        #expect(first.id != second.id)
        #expect(first.polynomial == second.polynomial)
        #expect(try RepositoryConfig(json: first.json()) == first)
        #expect(try RepositoryConfig(json: second.json()).version == .v1)
    }

    @Test("members of other programs survive an upgrade")
    func foreignMembers() throws {
        let text =
            #"{"version":1,"id":"\#(Self.id)","chunker_polynomial":"3da3358b4dc173","treepack_size":4,"x":{"y":[1]}}"#
        var config = try RepositoryConfig(json: Array(text.utf8))
        config.version = .v2
        let expected = text.replacing("\"version\":1", with: "\"version\":2")
        #expect(String(decoding: config.json(), as: UTF8.self) == expected)
    }

    @Test("refuses what it cannot work with")
    func refusals() {
        func json(version: String = "2", id: String = Self.id, polynomial: String = "3da3358b4dc173") -> String {
            #"{"version":\#(version),"id":"\#(id)","chunker_polynomial":"\#(polynomial)"}"#
        }
        let cases: [(String, FormatError.Code?)] = [
            (json(), nil), (json(version: "0"), .unsupported), (json(version: "3"), .unsupported),
            (json(version: "18446744073709551615"), .unsupported), (json(version: "-1"), .malformed),
            (json(id: "ab"), .malformed), (json(polynomial: "20000000000001"), .unsupported),
            (json(polynomial: "zz"), .malformed), ("{}", .malformed), ("", .truncated), (json() + "x", .malformed),
        ]
        for (text, code) in cases {
            do {
                _ = try RepositoryConfig(json: Array(text.utf8))
                #expect(code == nil, "\(text)")
            } catch {
                #expect(code == error.code, "\(text)")
            }
        }
    }
}
