// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import KubeClient

@Suite("Lists taken apart")
struct ListScannerTests {
    private func scan(_ text: String, pieceByteCount: Int, limit: Int = 1 << 20) throws -> (
        items: [String], rest: String
    ) {
        var scanner = ListScanner(maximumElementByteCount: limit)
        var items: [[UInt8]] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
            items += try scanner.push(Array(bytes[start..<min(start + pieceByteCount, bytes.count)]))
        }
        return (items.map { String(decoding: $0, as: UTF8.self) }, String(decoding: scanner.remainder, as: UTF8.self))
    }

    @Test(
        "elements and what is around them are found wherever pieces end",
        arguments: [
            (
                #"{"kind":"PodList","metadata":{"resourceVersion":"7","items":[1]},"items":[{"a":"]}\""},{"b":[{}]}]}"#,
                [#"{"a":"]}\""}"#, #"{"b":[{}]}"#],
                #"{"kind":"PodList","metadata":{"resourceVersion":"7","items":[1]},"items":[]}"#
            ),
            (#"{"items":[],"x":"items"}"#, [], #"{"items":[],"x":"items"}"#),
            (#"{ "items" : [ {"a":1} , {} ] , "y" : [2] }"#, [#"{"a":1}"#, "{}"], #"{ "items" : [] , "y" : [2] }"#),
            (#"{"items":[1,"x",null,[2]],"z":1}"#, ["1", #""x""#, "null", "[2]"], #"{"items":[],"z":1}"#),
            (#"{"x":"items","y":[1]}"#, [], #"{"x":"items","y":[1]}"#),
            (#"{"items":null}"#, [], #"{"items":null}"#),
            (#"{"a":{"items":[{}]}}"#, [], #"{"a":{"items":[{}]}}"#),
            (#"{"items\"":[{}]}"#, [], #"{"items\"":[{}]}"#),
        ] as [(String, [String], String)]
    )
    func elements(_ text: String, _ items: [String], _ rest: String) throws {
        for pieceByteCount in [1, 2, 3, 7, 1000] {
            let result = try scan(text, pieceByteCount: pieceByteCount)
            #expect(result.items == items, "pieces of \(pieceByteCount)")
            #expect(result.rest == rest, "pieces of \(pieceByteCount)")
        }
    }

    @Test("elements and what is around them are bounded")
    func bounds() {
        let large = #"{"items":[{"a":""# + String(repeating: "x", count: 200) + #""}]}"#
        #expect(throws: KubeError.self) { try scan(large, pieceByteCount: 10, limit: 100) }
        let endless = #"{"a":""# + String(repeating: "x", count: 2 << 20)
        #expect(throws: KubeError.self) { try scan(endless, pieceByteCount: 4096) }
    }

    @Test("damaged lists never crash")
    func damagedFuzz() {
        let original = Array(
            #"{"kind":"L","items":[{"a":"b\\\""},{"c":[1,{"d":{}}]}],"metadata":{"continue":"x"}}"#.utf8
        )
        for seed in 0..<UInt64(FuzzCases.count(standard: 2000)) {
            var generator = SplitMixGenerator(seed: seed)
            let bytes = FuzzCases.damaged(original, tokens: [#""items":["#, "]", "}", "\""], using: &generator)
            var scanner = ListScanner(maximumElementByteCount: 64, maximumEnvelopeByteCount: 64)
            _ = try? scanner.push(bytes)
        }
    }
}
