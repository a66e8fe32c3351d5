// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VeleroCommands

@Suite struct KeyValueListTests {
    @Test(
        arguments: [
            (["a=1,b=2", "c=3"], ["a": "1", "b": "2", "c": "3"]),
            (["url=http://h:9/x?y=z"], ["url": "http://h:9/x?y=z"]),
            ([#""k=a,b",k2=v"#], ["k": "a,b", "k2": "v"]),
            ([#""k=a""b""#], ["k": "a\"b"]),
            (["a="], ["a": ""]),
            (["a=1", "a=2"], ["a": "2"]),
            ([""], [:]),
        ]
    )
    func `pairs`(_ texts: [String], expected: [String: String]) throws {
        #expect(try KeyValueList.parse(texts, flag: "--f") == expected)
    }

    @Test(arguments: ["a", "=b", #""a=b"#])
    func `what is no pair`(_ text: String) {
        #expect(throws: CommandFailure.self) { try KeyValueList.parse([text], flag: "--f") }
    }
}
