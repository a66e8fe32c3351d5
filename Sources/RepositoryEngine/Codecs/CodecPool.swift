// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Synchronization

/// Codecs of one repository, lent to one caller at a time; as many exist as were ever in use at once.
final class CodecPool: Sendable {
    private let key: CipherKey
    private let level: Int
    private let idle = Mutex<[BlobCodec]>([])

    init(key: CipherKey, level: Int) {
        self.key = key
        self.level = level
    }

    /// A compressor of the repository's level for one caller, for frames made piece by piece.
    func makeCompressor() -> ZstdCompressor { ZstdCompressor(level: level) }

    /// Lends a codec to `body`; nothing of it may be kept.
    func withCodec<R>(_ body: (BlobCodec) throws -> R) throws -> R {
        let codec = try idle.withLock { $0.popLast() } ?? BlobCodec(key: key, level: level)
        defer {
            idle.withLock { $0.append(codec) }
        }
        return try body(codec)
    }

    /// Opens a sealed blob and proves that it is the one that was asked for.
    func open(_ sealed: [UInt8], as blob: PackEntry) throws -> [UInt8] {
        try withCodec { try $0.open(sealed.span, as: blob) }
    }

    /// Opens the sealed blob at `range` of `bytes` into empty memory of the caller.
    func open(_ bytes: [UInt8], range: Range<Int>, as blob: PackEntry, into plaintext: inout [UInt8]) throws {
        try withCodec { codec in
            try codec.open(bytes.span.extracting(range), as: blob, appendingTo: &plaintext)
        }
    }
}
