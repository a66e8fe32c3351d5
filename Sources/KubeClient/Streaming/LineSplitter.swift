// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream into lines, of which each is bounded; network pieces may end anywhere.
struct LineSplitter {
    private let maximumByteCount: Int
    private var line: [UInt8] = []

    init(maximumByteCount: Int) { self.maximumByteCount = maximumByteCount }

    /// Takes the next piece and gives the lines it completes, without their ends; empty lines are left out.
    ///
    /// - Throws: ``KubeError`` with `.tooLarge`.
    mutating func push(_ piece: [UInt8]) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try append(piece[start..<end])
            if let line = take() { lines.append(line) }
            start = end + 1
        }
        try append(piece[start...])
        return lines
    }

    /// What follows the last line end, if it holds anything.
    mutating func finish() -> [UInt8]? { take() }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws {
        guard bytes.count <= maximumByteCount - line.count else {
            throw KubeError(.tooLarge, "the API server sent a line of more than \(maximumByteCount) bytes")
        }
        line.append(contentsOf: bytes)
    }

    private mutating func take() -> [UInt8]? {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard !line.isEmpty else { return nil }
        var taken: [UInt8] = []
        swap(&taken, &line)
        return taken
    }
}
