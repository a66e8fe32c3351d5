// SPDX-License-Identifier: Apache-2.0

internal import ObjectStorage

extension ObjectStorageConformance {
    func readsAfterWriting() async throws {
        let contents: [(String, [[UInt8]])] = [
            ("empty", []), ("empty-piece", [[]]), ("one", [[7]]), ("every", [Array(0...255)]),
            ("pieces", [[1, 2], [], [3], [4, 5, 6]]),
            ("many-pieces", (0..<200).map { patternBytes($0, seed: UInt64($0)) }),
        ]
        for (key, pieces) in contents {
            try await storage.put(key, ObjectBody(pieces: pieces))
            let expected = pieces.flatMap { $0 }
            try require(try await storage.get(key) == expected, "get(\(key)) returns what was put")
            try require(try await streamed(key) == expected, "getStream(\(key)) returns what was put")
            let info = try await storage.stat(key)
            try require(info == ObjectInfo(key: key, byteCount: expected.count), "stat(\(key)) is right, got \(info)")
        }
        let listed = try await storage.listAll(prefix: "")
        let expected = contents.map { ObjectInfo(key: $0.0, byteCount: $0.1.reduce(0) { $0 + $1.count }) }
        try require(Set(listed) == Set(expected), "the listing has every key and size, got \(listed)")
    }

    func rangeEdges() async throws {
        let bytes = patternBytes(1000)
        try await storage.put("range", ObjectBody(bytes))
        let valid = [0..<1000, 0..<1, 999..<1000, 0..<999, 1..<1000, 500..<501, 0..<0, 500..<500, 1000..<1000]
        for range in valid {
            let read = try await storage.get("range", range: range)
            try require(read == Array(bytes[range]), "get(range: \(range)) returns those bytes, got \(read.count)")
        }
        for range in [0..<1001, 999..<1001, 1000..<1001, 2000..<2001] {
            try await requireStorageError(.rangeNotSatisfiable, "get(range: \(range)) of 1000 bytes") {
                try await storage.get("range", range: range)
            }
        }
        for offset in [0, 1, 999, 1000] {
            try require(
                try await streamed("range", from: offset) == Array(bytes[offset...]),
                "getStream(from: \(offset))"
            )
        }
        try await requireStorageError(.rangeNotSatisfiable, "getStream(from: 1001) of 1000 bytes") {
            try await streamed("range", from: 1001)
        }
        try await storage.put("none", ObjectBody([]))
        try require(try await storage.get("none", range: 0..<0) == [], "the empty range of an empty object")
        try require(try await streamed("none") == [], "the stream of an empty object")
        try await requireStorageError(.rangeNotSatisfiable, "get(range: 0..<1) of an empty object") {
            try await storage.get("none", range: 0..<1)
        }
    }

    func missingObjects() async throws {
        try await storage.put("data/ab/present", ObjectBody([1]))
        for key in ["missing", "data/missing", "data/ab/missing", "data/cd/missing", "data/ab"] {
            try await requireStorageError(.notFound, "get(\(key))") { try await storage.get(key) }
            try await requireStorageError(.notFound, "get(\(key), range)") { try await storage.get(key, range: 0..<1) }
            try await requireStorageError(.notFound, "stat(\(key))") { try await storage.stat(key) }
            try await requireStorageError(.notFound, "getStream(\(key))") { try await streamed(key) }
        }
        try require(try await keys("nothing/") == [], "a prefix without objects lists nothing")
        try require(try await keys("data/ab/present/") == [], "a prefix below an object lists nothing")
    }

    func largeObjects() async throws {
        let pieceByteCount = 1 << 20
        let count = largeByteCount / pieceByteCount
        let pieces = (0..<count).map { patternBytes(pieceByteCount, seed: UInt64($0)) }
        let whole = ObjectBody(pieces: pieces).joinedBytes
        try await storage.put("large", ObjectBody(pieces: pieces))
        try require(try await storage.get("large") == whole, "get returns a large object")
        let range = (whole.count - pieceByteCount - 10)..<(whole.count - pieceByteCount + 10)
        try require(
            try await storage.get("large", range: range) == Array(whole[range]),
            "get(range:) across two pieces"
        )
        var position = 0
        var largest = 0
        try await storage.getStream("large", from: 0) { piece in
            largest = max(largest, piece.count)
            let expected = Array(whole.dropFirst(position).prefix(piece.count))
            try require(expected == piece, "getStream differs after \(position) bytes")
            position += piece.count
        }
        try require(position == whole.count, "getStream delivers all bytes, got \(position)")
        try require(largest <= 8 << 20, "getStream delivers bounded pieces, got \(largest) bytes")
    }

    func consumerErrorsPassThrough() async throws {
        struct Stop: Error {}
        try await storage.put("a", ObjectBody(patternBytes(3 << 20)))
        try await storage.put("b", ObjectBody([1]))
        for _ in 0..<3 {
            do {
                try await storage.getStream("a", from: 0) { _ in throw Stop() }
                throw ConformanceFailure("getStream passes on what its consumer throws")
            } catch is Stop {}
            do {
                try await storage.list(prefix: "") { _ in throw Stop() }
                throw ConformanceFailure("list passes on what its consumer throws")
            } catch is Stop {}
        }
        try require(try await storage.get("b") == [1], "the store still works after its consumers gave up")
    }
}
