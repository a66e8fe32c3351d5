// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import TestSupport
import Testing

@testable import S3Storage

@Suite struct XMLReaderTests {
    /// Writes down what it is told.
    private struct Recorder: XMLHandler {
        var lines: [String] = []

        mutating func start(_ path: [String]) { lines.append("+" + path.joined(separator: "/")) }

        mutating func end(_ path: [String], text: String) {
            lines.append("-" + path.joined(separator: "/") + "=" + text)
        }
    }

    private func read(_ text: String, pieceByteCount: Int = .max, limits: XMLReader.Limits = .init()) throws -> [String]
    {
        let reader = XMLReader(Recorder(), limits: limits)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try reader.feed(Array(rest.prefix(pieceByteCount)))
            rest = rest.dropFirst(pieceByteCount)
        }
        try reader.finish()
        return (reader.handler as? Recorder)?.lines ?? []
    }

    @Test(arguments: [1, 2, 7, .max])
    func reportsElementsHoweverTheyArrive(pieceByteCount: Int) throws {
        let text = "<?xml version=\"1.0\"?><s3:A xmlns:s3='u'><B>x&amp;y&#xe9;</B><!-- c --><C/><![CDATA[<t>]]></s3:A>"
        #expect(
            try read(text, pieceByteCount: pieceByteCount) == ["+A", "+A/B", "-A/B=x&yé", "+A/C", "-A/C=", "-A=<t>"]
        )
    }

    @Test(arguments: [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><a>&b;&b;</a>",
        "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
    ])
    func refusesDocumentTypes(text: String) {
        #expect(throws: XMLError.self) { try read(text) }
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a/><b/>", "<a b></a>", "<a>&undefined;</a>", "\0", "<a>\u{1}</a>",
    ])
    func refusesWhatIsNoDocument(text: String) {
        #expect(throws: XMLError.self) { try read(text) }
    }

    @Test func boundsDepthTextAndLength() {
        let limits = XMLReader.Limits(depth: 3, textByteCount: 10, documentByteCount: 100)
        #expect(throws: Never.self) { try read("<a><b><c>0123456789</c></b></a>", limits: limits) }
        #expect(throws: XMLError.self) { try read("<a><b><c><d/></c></b></a>", limits: limits) }
        #expect(throws: XMLError.self) { try read("<a>01234567890</a>", limits: limits) }
        #expect(throws: XMLError.self) { try read("<a>" + String(repeating: " ", count: 200), limits: limits) }
    }

    @Test func survivesAnyDamage() {
        let sound = Array(
            "<?xml version=\"1.0\"?><ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>"
                .utf8
        )
        var generator = SplitMixGenerator(seed: 11)
        for _ in 0..<2000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let reader = XMLReader(ListAnswer())
            do {
                try reader.feed(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator))))
                try reader.finish()
                if var answer = reader.handler as? ListAnswer { try answer.complete() }
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }
}

@Suite struct ListAnswerTests {
    private func read(_ inner: String, root: String = "ListBucketResult") throws -> ListAnswer {
        let reader = XMLReader(ListAnswer())
        try reader.feed(Array("<\(root) xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(inner)</\(root)>".utf8))
        try reader.finish()
        var answer = try #require(reader.handler as? ListAnswer)
        try answer.complete()
        return answer
    }

    @Test func readsKeysAndSizes() throws {
        let answer = try read(
            """
            <Name>b</Name><Prefix>p</Prefix><KeyCount>2</KeyCount><IsTruncated>false</IsTruncated>
            <Contents><Key>p/a</Key><Size>0</Size><Owner><ID>x</ID></Owner></Contents>
            <Contents><Size>12</Size><Key>p/b &amp; c</Key></Contents>
            """
        )
        #expect(answer.objects.map(\.key) == ["p/a", "p/b & c"])
        #expect(answer.objects.map(\.byteCount) == [0, 12])
        #expect(answer.position(for: .v2) == nil)
    }

    @Test func decodesKeysWhereverTheEncodingStands() throws {
        let answer = try read(
            "<Contents><Key>a+b%2Bc%01</Key><Size>1</Size></Contents><EncodingType>url</EncodingType>"
        )
        #expect(answer.objects.map(\.key) == ["a b+c\u{1}"])
    }

    @Test func tellsWhereTheNextPageStarts() throws {
        let contents = "<Contents><Key>k%20</Key><Size>1</Size></Contents><EncodingType>url</EncodingType>"
        let second = try read(
            contents + "<IsTruncated>true</IsTruncated><NextContinuationToken>t%20</NextContinuationToken>"
        )
        #expect(second.position(for: .v2) == "t%20")
        let marked = try read(contents + "<IsTruncated>true</IsTruncated><NextMarker>m%20</NextMarker>")
        #expect(marked.position(for: .v1) == "m ")
        let unmarked = try read(contents + "<IsTruncated>true</IsTruncated>")
        #expect(unmarked.position(for: .v1) == "k ")
    }

    @Test(arguments: [
        "<Contents><Key>a</Key></Contents>", "<Contents><Key>a</Key><Size>x</Size></Contents>",
        "<Contents><Key>a</Key><Size>-1</Size></Contents>", "<Contents><Size>1</Size></Contents>",
        "<Contents><Key>%zz</Key><Size>1</Size></Contents><EncodingType>url</EncodingType>",
        "<IsTruncated>true</IsTruncated>", "<Contents><Key>a</Key><Size>99999999999999999999</Size></Contents>",
    ])
    func refusesListsThatCannotBe(inner: String) {
        #expect(throws: XMLError.self) { try read(inner) }
    }

    @Test func refusesOtherDocuments() {
        #expect(throws: XMLError.self) { try read("", root: "html") }
    }
}
