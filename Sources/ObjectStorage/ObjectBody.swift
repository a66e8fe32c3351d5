// SPDX-License-Identifier: Apache-2.0

/// Bytes to store: a list of pieces sent one after another, rewindable for a retry without a copy.
package struct ObjectBody: Sendable {
    package let pieces: [[UInt8]]
    /// Sum of the pieces' lengths, in bytes.
    package let byteCount: Int
    /// Lowercase hex SHA-256 of all pieces, when the caller already knows it: stores that sign or verify need not hash again.
    package let sha256Hex: String?

    package init(_ bytes: [UInt8], sha256Hex: String? = nil) {
        self.init(pieces: [bytes], sha256Hex: sha256Hex)
    }

    package init(pieces: [[UInt8]], sha256Hex: String? = nil) {
        self.pieces = pieces
        self.byteCount = pieces.reduce(0) { $0 + $1.count }
        self.sha256Hex = sha256Hex
    }
}

extension ObjectBody {
    /// All bytes in one array; a copy unless there is just one piece.
    package var joinedBytes: [UInt8] {
        if pieces.count == 1, let only = pieces.first { return only }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for piece in pieces { bytes.append(contentsOf: piece) }
        return bytes
    }
}
