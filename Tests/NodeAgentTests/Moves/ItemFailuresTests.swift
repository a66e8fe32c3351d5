// SPDX-License-Identifier: Apache-2.0

import DataMover
import Testing

@testable import NodeAgent

@Suite struct ItemFailuresTests {
    @Test func `the message counts all and names the first`() {
        let failures = ItemFailures()
        #expect(failures.message(verb: "read") == nil)
        failures.add(ItemFailure(.warning, path: [], message: "changed while being read"))
        #expect(failures.message(verb: "read") == nil)
        failures.add(ItemFailure(.error, path: [], message: "read /a: Input/output error"))
        #expect(failures.message(verb: "read") == "1 entry could not be read: read /a: Input/output error")
        for name in ["b", "c", "d", "e"] { failures.add(ItemFailure(.error, path: [], message: name)) }
        #expect(
            failures.message(verb: "read")
                == "5 entries could not be read: read /a: Input/output error; b; c; …"
        )
    }

    @Test func `a long path does not fill the status`() {
        let failures = ItemFailures()
        for _ in 0..<10 {
            failures.add(ItemFailure(.error, path: [], message: String(repeating: "x", count: 100_000)))
        }
        #expect(failures.message(verb: "read")?.count ?? 0 < 2000)
    }
}
