// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KubeClient

@Suite("Lines of a watch")
struct LineSplitterTests {
    @Test("lines are complete wherever pieces end", arguments: [1, 2, 3, 5, 100])
    func pieces(_ pieceByteCount: Int) throws {
        let bytes = Array("one\ntwo\r\n\n three \nrest".utf8)
        var splitter = LineSplitter(maximumByteCount: 100)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
            for line in try splitter.push(Array(bytes[start..<min(start + pieceByteCount, bytes.count)])) {
                lines.append(String(decoding: line, as: UTF8.self))
            }
        }
        #expect(lines == ["one", "two", " three "])
        #expect(splitter.finish() == Array("rest".utf8))
    }

    @Test("a line is bounded, however it arrives")
    func bound() throws {
        var splitter = LineSplitter(maximumByteCount: 10)
        #expect(try splitter.push(Array("0123456789\n".utf8)).count == 1)
        #expect(try splitter.push(Array("01234567".utf8)).isEmpty)
        #expect(throws: KubeError.self) { try splitter.push(Array("890\n".utf8)) }
    }
}
