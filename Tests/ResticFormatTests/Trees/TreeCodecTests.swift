// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import Testing

@testable import ResticFormat

@Suite("TreeEncoder and TreeDecoder")
struct TreeCodecTests {
    private static let hello = "fbbd69198637d5360353c39796181175de6311c2a61abe2fe6392c938018660f"
    private static let digits = "9cfe7faff7054298ca87557e15a10262de8d3eee77827417fbdfea1c41b9ec23"

    private func file(_ name: String, time: String, size: UInt64, content: [String]) throws -> Node {
        let time = try #require(Timestamp(rfc3339: time))
        var node = Node(name: Array(name.utf8), kind: .file, mode: NodeMode(posix: 0o100644), modificationTime: time)
        node.size = size
        node.content = try content.map { try #require(BlobID(hex: $0)) }
        return node
    }

    private func encode(_ nodes: [Node]) throws -> [UInt8] {
        var encoder = TreeEncoder()
        for node in nodes { try encoder.append(node) }
        return encoder.finish()
    }

    @Test("gives the known ids of trees made by restic")
    func knownIDs() throws {
        let empty = try encode([])
        #expect(String(decoding: empty, as: UTF8.self) == "{\"nodes\":[]}\n")
        #expect(SHA256.digest(empty.span).hex == "ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8")

        let fixture = try encode([
            file("a", time: "2020-01-01T00:00:00Z", size: 113, content: [Self.hello, Self.digits])
        ])
        #expect(SHA256.digest(fixture.span).hex == "bcd901d527d935fd8b474dd7af9dbd0c857b66a317174aa0b3d6b0520ee70f65")

        let utc = try encode([file("f.txt", time: "2020-01-01T00:00:00Z", size: 13, content: [Self.hello])])
        #expect(utc.count == 252)
        #expect(SHA256.digest(utc.span).hex == "5f648fed30e5c914c63becd64dfd59bff45a5f795d88cf75fb31c322dc65d147")

        let india = try encode([file("f.txt", time: "2020-01-01T00:00:00+05:30", size: 13, content: [Self.hello])])
        #expect(SHA256.digest(india.span).hex == "a4d6415414281a6fa37126a5012a99d5a405355002b9915b0c053406028151b2")

        let chunks = [
            "a6a59df5e79b1855866c0ce95bea25d1e78a35eb7091d4c1a58636def770bafd",
            "11806fecf9213afb624a36afc20516eac98d1d8898f9d1eef8049e75d15a6a84",
            "98bee237cb782dbad6ed8e0dbd8a96d09a6193fd7f2090611bdd065fa9a89749",
            "d10943f2e89b795a66697960492c5d2990a653ea1ba23b73581d8c6831205a27",
            "42b3d69b6e07f819f70a2270d160c94f6521e1a42590c0f86a5b260019d29d1a",
            "63c355306eaa95249d47724c1425d30ee3728d3cfabe7523881edeeb0950f133",
            "a97abf55e144478054c0a349152bf3c39cd2259638adb8a71100f47c1237affc",
            "6390de78870c59330f660aa7c2cd0f618942538446a784b2cab5cd1757fada12",
            "3ed0a39338347e1688b5be2b80248b6fc678ef095a45746de6f8797903a1a9be",
            "2610d8133f807f788b33c87de5ea017707110c0b5ef3f9b205d0d28f2e087c3c",
            "e278b9a541015ed9be7a03c6f5f4e3111caf302a755e9dddaec31c25e84d7c7c",
            "35595d106de09ac380eedafc6d4d607650095e7d24c19965d18f5af54a1ae194",
        ]
        let large = try encode([file("prng16M", time: "2020-01-01T00:00:00Z", size: 16_777_216, content: chunks)])
        #expect(SHA256.digest(large.span).hex == "654e9196a9808bda6704a936b39bad38eb3cdf9fa58490f4f24c5df83e4ce843")
    }

    @Test("writes every member in the format's order and reads it back")
    func everyMember() throws {
        var node = Node(
            name: Array("a<b>&c".utf8) + [0xff],
            kind: .symlink,
            mode: NodeMode(posix: 0o120777),
            modificationTime: try #require(Timestamp(rfc3339: "1969-12-31T23:59:59.5Z"))
        )
        node.accessTime = try #require(Timestamp(rfc3339: "2020-01-01T00:00:00+05:30"))
        node.userID = .max
        node.groupID = 1
        node.user = "ro<ot"
        node.group = "ünï"
        node.inode = .max
        node.deviceID = 65_024
        node.size = 7
        node.links = 2
        node.linkTarget = [0x74, 0xff, 0x74]
        node.extendedAttributes = [.init(name: Array("user.a".utf8), value: []), .init(name: [0x78], value: [0, 255])]
        node.genericAttributes = Array(#"{"windows.a":"AA=="}"#.utf8)
        node.device = 1_792
        node.subtree = BlobID(hex: Self.hello)
        node.error = "bad"
        let text = try encode([node])
        let expected = #"""
            {"nodes":[{"name":"a\u003cb\u003e\u0026c\\xff","type":"symlink","mode":134218239,\#
            "mtime":"1969-12-31T23:59:59.5Z","atime":"2020-01-01T00:00:00+05:30","ctime":"1969-12-31T23:59:59.5Z",\#
            "uid":4294967295,"gid":1,"user":"ro\u003cot","group":"ünï","inode":18446744073709551615,"device_id":65024,\#
            "size":7,"links":2,"linktarget":"t\ufffdt","linktarget_raw":"dP90",\#
            "extended_attributes":[{"name":"user.a","value":""},{"name":"x","value":"AP8="}],\#
            "generic_attributes":{"windows.a":"AA=="},"device":1792,"content":null,\#
            "subtree":"fbbd69198637d5360353c39796181175de6311c2a61abe2fe6392c938018660f","error":"bad"}]}

            """#
        #expect(String(decoding: text, as: UTF8.self) == expected)
        let decoded = try TreeDecoder.nodes(of: text)
        #expect(decoded == [node])
        #expect(decoded.first?.accessTime.utcOffsetSeconds == 19_800)
    }

    @Test("tells an empty file from something that is no file")
    func content() throws {
        let text =
            #"{"nodes":[{"name":"a","type":"file","content":[]},{"name":"b","type":"dir","content":null},{"name":"c"}]}"#
        let nodes = try TreeDecoder.nodes(of: Array(text.utf8))
        #expect(nodes.map(\.content) == [[], nil, nil])
        #expect(nodes.map(\.kind) == [.file, .directory, .unknown])
        #expect(nodes.map(\.modificationTime) == [.zero, .zero, .zero])
    }

    @Test("prefers the raw link target wherever it stands")
    func rawTarget() throws {
        let text = #"{"nodes":[{"name":"a","linktarget_raw":"dP90","linktarget":"t"}]}"#
        #expect(try TreeDecoder.nodes(of: Array(text.utf8)).first?.linkTarget == [0x74, 0xff, 0x74])
    }

    @Test("refuses names that are empty, repeated or out of order, when writing and reading")
    func order() throws {
        for names in [[""], ["a", "a"], ["b", "a"], ["é", "e"], ["ab", "a"]] {
            let nodes = try names.map { try file($0, time: "2020-01-01T00:00:00Z", size: 0, content: []) }
            #expect(throws: FormatError.self) { try encode(nodes) }
            let text = "{\"nodes\":[" + names.map { "{\"name\":\"\($0)\"}" }.joined(separator: ",") + "]}\n"
            #expect(throws: FormatError.self) { try TreeDecoder.nodes(of: Array(text.utf8)) }
        }
    }

    @Test("sorts by raw bytes, not by quoted text")
    func rawOrder() throws {
        let names: [[UInt8]] = [[0x01], Array(" ".utf8), Array("a".utf8), Array("é".utf8), [0xff]]
        let nodes = names.map { Node(name: $0, kind: .fifo, mode: NodeMode(posix: 0o010644), modificationTime: .epoch) }
        #expect(try TreeDecoder.nodes(of: encode(nodes)).map(\.name) == names)
    }

    @Test("hands over text between nodes")
    func incremental() throws {
        let nodes = try (0..<50).map { try file("n\(100 + $0)", time: "2020-01-01T00:00:00Z", size: 0, content: []) }
        var encoder = TreeEncoder()
        var parts: [UInt8] = []
        for node in nodes {
            try encoder.append(node)
            if encoder.byteCount > 500 { parts += encoder.takeBytes() }
        }
        #expect(encoder.nodeCount == 50)
        #expect(parts + encoder.finish() == (try encode(nodes)))
    }

    @Test(
        "tells whether writing a tree anew would reproduce it",
        arguments: [
            (#"{"nodes":[]}"# + "\n", true), (#"{"nodes":[]}"#, false), (#"{"nodes": []}"# + "\n", false),
            (#"{"nodes":null}"# + "\n", false), ("{}\n", false), (#"{"nodes":[],"x":1}"# + "\n", false),
            (#"{"x":1,"nodes":[]}"# + "\n", false),
        ]
    )
    func reproducibleFrame(text: String, expected: Bool) throws {
        var decoder = try TreeDecoder(Array(text.utf8), comparesEncoding: true)
        let node = try decoder.next()
        #expect(node == nil)
        let isReproducible = decoder.isReproducible
        #expect(isReproducible == expected)
    }

    @Test("notices members it does not know")
    func reproducibleNodes() throws {
        func isReproducible(_ text: [UInt8]) throws -> Bool {
            var decoder = try TreeDecoder(text, comparesEncoding: true)
            while try decoder.next() != nil {}
            return decoder.isReproducible
        }
        let nodes = try ["a", "b"].map { try file($0, time: "2020-01-01T00:00:00Z", size: 1, content: [Self.hello]) }
        let text = String(decoding: try encode(nodes), as: UTF8.self)
        #expect(try isReproducible(Array(text.utf8)))
        for (old, new) in [
            (#""content""#, #""future":1,"content""#), (#"},{"#, #"}, {"#), (#""uid":0"#, #""uid": 0"#),
            ("00Z", "00+00:00"), (#""name":"b""#, #""name":"\u0062""#),
        ] {
            guard let range = text.range(of: old) else { continue }
            #expect(try !isReproducible(Array(text.replacingCharacters(in: range, with: new).utf8)))
        }
        let control =
            #"{"nodes":[{"name":"a","type":"symlink","mtime":"2020-01-01T00:00:00Z","atime":"2020-01-01T00:00:00Z","#
            + #""ctime":"2020-01-01T00:00:00Z","uid":0,"gid":0,"linktarget":"\u0008","content":null}]}"# + "\n"
        #expect(try isReproducible(Array(control.utf8)))
    }
}

extension String {
    fileprivate func range(of other: String) -> Range<Index>? {
        indices.first { self[$0...].hasPrefix(other) }.map { $0..<index($0, offsetBy: other.count) }
    }

    fileprivate func replacingCharacters(in range: Range<Index>, with other: String) -> String {
        String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
