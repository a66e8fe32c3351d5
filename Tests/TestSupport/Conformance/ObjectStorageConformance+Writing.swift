// SPDX-License-Identifier: Apache-2.0

internal import ObjectStorage
internal import Synchronization

extension ObjectStorageConformance {
    func overwritesAtomically() async throws {
        try await storage.put("object", ObjectBody(patternBytes(5000)))
        try await storage.put("object", ObjectBody([1, 2, 3]))
        try require(try await storage.get("object") == [1, 2, 3], "a shorter object replaces a longer one whole")
        try require(try await storage.stat("object").byteCount == 3, "stat sees the replacement")
        try require(
            try await storage.listAll(prefix: "").map(\.byteCount) == [3],
            "the listing sees the replacement once"
        )
        try await storage.putStream("object", from: pieces([patternBytes(70_000)]))
        try require(try await storage.get("object") == patternBytes(70_000), "a stream replaces an object")
    }

    func deletingMissingObjects() async throws {
        try await storage.delete("missing")
        try await storage.delete("no/such/directory/missing")
        try await storage.put("present", ObjectBody([1]))
        try await storage.delete("present")
        try await storage.delete("present")
        try await requireStorageError(.notFound, "get after delete") { try await storage.get("present") }
        try await storage.put("present", ObjectBody([2]))
        try require(try await storage.get("present") == [2], "a deleted key can be used again")
    }

    func concurrentUse() async throws {
        let uniform = (0..<4).map { [UInt8](repeating: UInt8($0), count: 100_000 + $0) }
        try await storage.put("shared", ObjectBody(uniform[0]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for round in 0..<6 {
                        let key = "own/\(worker)/\(round)"
                        let bytes = patternBytes(2000 + worker, seed: UInt64(worker * 100 + round))
                        try await storage.put(key, ObjectBody(bytes))
                        try require(try await storage.get(key) == bytes, "\(key) is intact")
                        if round % 2 == 0 { try await storage.delete(key) }
                        _ = try await storage.listAll(prefix: "own/\(worker)/")
                        guard replacesAtomically || round == 0 && worker == 0 else { continue }
                        try await storage.put("shared", ObjectBody(uniform[worker % 4]))
                        let shared = try await storage.get("shared")
                        try require(
                            uniform.contains(shared),
                            "readers see one whole version of an object being replaced"
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
        try require(try await keys("own/").count == 24, "every worker's objects are there")
    }

    func visibleOnlyWhenComplete() async throws {
        try await storage.put("old", ObjectBody([9]))
        for (key, before) in [("new", nil), ("old", [9])] as [(String, [UInt8]?)] {
            let next = pieces([patternBytes(100), patternBytes(6 << 20), patternBytes(10)])
            try await storage.putStream(key) {
                if let before {
                    try require(
                        try await storage.get(key) == before,
                        "the old object stays until the new one is complete"
                    )
                } else {
                    try await requireStorageError(.notFound, "reading an unfinished object") {
                        try await storage.get(key)
                    }
                    try require(try await !keys().contains(key), "an unfinished object is not listed")
                }
                return try await next()
            }
            let expected = patternBytes(100) + patternBytes(6 << 20) + patternBytes(10)
            try require(try await storage.get(key) == expected, "the finished object is there")
        }
        try require(try await keys() == ["new", "old"], "nothing else is listed")
    }

    func streamsUnknownLength() async throws {
        let streams: [[[UInt8]]] = [
            [], [[]], [[1]], [[], [1], [], [2, 3]], (0..<300).map { patternBytes($0, seed: UInt64($0)) },
            (0..<13).map { patternBytes(1 << 20, seed: UInt64($0)) }, [patternBytes(9 << 20)],
        ]
        for (index, stream) in streams.enumerated() {
            try await storage.putStream("stream/\(index)", from: pieces(stream))
            try require(
                try await storage.get("stream/\(index)") == stream.flatMap { $0 },
                "stream \(index) is stored as sent"
            )
        }
    }

    func abandonedStreamLeavesNothing() async throws {
        struct Abandoned: Error {}
        try await storage.put("old", ObjectBody([5]))
        for key in ["new", "deep/er/new", "old"] {
            for byteCount in [0, 10, 7 << 20] {
                let next = pieces(byteCount == 0 ? [] : [patternBytes(byteCount)])
                do {
                    try await storage.putStream(key) {
                        guard let piece = try await next() else { throw Abandoned() }
                        return piece
                    }
                    throw ConformanceFailure("putStream passes on what its source throws")
                } catch is Abandoned {}
            }
        }
        try require(try await keys() == ["old"], "an abandoned stream leaves nothing visible")
        try require(try await storage.get("old") == [5], "an abandoned stream leaves the old object")
    }

    /// A source that delivers `pieces` one by one.
    func pieces(_ pieces: [[UInt8]]) -> @Sendable () async throws -> [UInt8]? {
        let rest = PieceSource(pieces)
        return { rest.next() }
    }
}

private final class PieceSource: Sendable {
    private let rest: Mutex<ArraySlice<[UInt8]>>

    init(_ pieces: [[UInt8]]) {
        rest = Mutex(pieces[...])
    }

    func next() -> [UInt8]? {
        rest.withLock { $0.popFirst() }
    }
}
