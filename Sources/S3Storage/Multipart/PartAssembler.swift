// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of pieces into parts of the sizes that S3 asks for; pure.
///
/// Pieces are handed on as they are; only one that lies across a part's end is copied.
struct PartAssembler {
    private let policy: MultipartPolicy
    private let isGrowing: Bool
    private var pieces: [[UInt8]] = []
    private var byteCount = 0
    private var partCount = 0

    /// - Parameter growing: False for parts that are all `policy.streamPartByteCount` long.
    init(policy: MultipartPolicy, growing: Bool = true) {
        self.policy = policy
        isGrowing = growing
    }

    /// Size of the part being filled, in bytes.
    private var target: Int {
        isGrowing ? policy.streamPartByteCount(number: partCount + 1) : policy.streamPartByteCount
    }

    var hasFullPart: Bool { byteCount >= target }

    mutating func append(_ piece: [UInt8]) {
        guard !piece.isEmpty else { return }
        pieces.append(piece)
        byteCount += piece.count
    }

    /// The next full part, of exactly the size wanted.
    mutating func takePart() -> [[UInt8]] {
        var missing = target
        var part: [[UInt8]] = []
        var rest: [[UInt8]] = []
        for piece in pieces {
            if missing == 0 {
                rest.append(piece)
            } else if piece.count <= missing {
                part.append(piece)
                missing -= piece.count
            } else {
                part.append(Array(piece[..<missing]))
                rest.append(Array(piece[missing...]))
                missing = 0
            }
        }
        byteCount -= target - missing
        pieces = rest
        partCount += 1
        return part
    }

    /// What is left after the last full part.
    mutating func takeRest() -> [[UInt8]] {
        defer { (pieces, byteCount) = ([], 0) }
        return pieces
    }
}
