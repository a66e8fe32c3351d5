// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Testing

@testable import RepositoryEngine

@Suite("TagChange")
struct TagChangeTests {
    struct Case: Sendable {
        var tags: [String]
        var change: TagChange
        var expected: [String]
    }

    @Test(
        "sets, adds and removes, and says whether anything changed",
        arguments: [
            Case(tags: ["a"], change: TagChange(set: ["b", "c"]), expected: ["b", "c"]),
            Case(tags: ["a"], change: TagChange(set: []), expected: []),
            Case(tags: ["a"], change: TagChange(set: [""]), expected: []),
            Case(tags: ["a"], change: TagChange(set: ["a"]), expected: ["a"]),
            Case(tags: ["a"], change: TagChange(add: ["b", "a"]), expected: ["a", "b"]),
            Case(tags: ["a", "b"], change: TagChange(remove: ["a", "z"]), expected: ["b"]),
            Case(tags: ["a"], change: TagChange(add: ["b"], remove: ["a"]), expected: ["b"]),
            Case(tags: ["a"], change: TagChange(add: ["a"], remove: ["z"]), expected: ["a"]),
        ]
    )
    func apply(item: Case) {
        var snapshot = Snapshot(time: Timestamp(seconds: 0), tree: BlobID(Digest256(words: (1, 2, 3, 4))), paths: ["/"])
        snapshot.tags = item.tags
        #expect(item.change.apply(to: &snapshot) == (item.tags != item.expected))
        #expect(snapshot.tags == item.expected)
    }
}
