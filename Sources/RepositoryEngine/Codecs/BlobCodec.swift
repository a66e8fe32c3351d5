// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat

/// How hard to compress what is stored; restic's names.
package enum CompressionMode: String, Sendable, CaseIterable {
    /// Data blobs are stored as they are; trees and metadata files are still compressed.
    case off
    case auto
    case fastest
    case better
    case max

    /// The zstd level restic's mode stands for.
    package var level: Int {
        switch self {
        case .fastest: 1
        case .off, .auto: 3
        case .better: 7
        case .max: 11
        }
    }
}

/// Everything one worker needs to turn plaintext into stored bytes and back, with contexts that live as long as it does.
///
/// Invariant: ``CodecPool`` lends an instance to one thread at a time, hence `@unchecked Sendable`.
final class BlobCodec: @unchecked Sendable {
    let hasher = SHA256Hasher()
    let cipher: MessageCipher
    private let vectors: VectorSource
    private let level: Int
    /// Contexts are large: made when first needed.
    private lazy var compressor = ZstdCompressor(level: level)
    /// The default level gains next to nothing over the fastest one on few bytes, but takes twice as long.
    private lazy var tinyCompressor =
        level == CompressionMode.auto.level ? ZstdCompressor(level: CompressionMode.fastest.level) : compressor
    private lazy var decompressor = ZstdDecompressor()
    /// Memory for compressed or opened bytes on their way; empty between uses.
    private var scratches: [[UInt8]] = []

    private static let tinyByteCount = 4096

    /// Scratch memory above this is given back after use, in bytes: only one chunk of random data in thirty is larger.
    private static let keptScratchByteCount = 4 << 20

    init(key: CipherKey, level: Int) throws(TransformError) {
        cipher = try MessageCipher(key: key)
        vectors = try VectorSource()
        self.level = level
    }

    /// The name of a plaintext.
    func id(of plaintext: Span<UInt8>) -> BlobID {
        BlobID(hasher.digest(plaintext))
    }

    func compress(_ plaintext: Span<UInt8>, appendingTo output: inout [UInt8]) throws(TransformError) {
        let compressor = plaintext.count < Self.tinyByteCount ? tinyCompressor : compressor
        try compressor.compress(plaintext, appendingTo: &output)
    }

    func decompress(_ frame: Span<UInt8>, limit: Int, appendingTo output: inout [UInt8]) throws(TransformError) {
        try decompressor.decompress(frame, maximumByteCount: limit, appendingTo: &output)
    }

    func seal(_ plaintext: Span<UInt8>, appendingTo output: inout [UInt8]) throws(TransformError) {
        cipher.seal(plaintext, iv: try vectors.next(), appendingTo: &output)
    }

    func nextVector() throws(TransformError) -> InitializationVector { try vectors.next() }

    /// Decodes a snapshot, index or lock file.
    func json(file: Span<UInt8>, version: RepositoryVersion, limit: Int) throws(FormatError) -> [UInt8] {
        try UnpackedFile.json(
            file: file,
            version: version,
            maximumByteCount: limit,
            decompressor: decompressor,
            cipher: cipher
        )
    }

    /// Encodes a snapshot, index or lock file.
    func file(json: Span<UInt8>, version: RepositoryVersion) throws -> [UInt8] {
        var file: [UInt8] = []
        try UnpackedFile.append(
            json,
            to: &file,
            compressor: version == .v1 ? nil : compressor,
            cipher: cipher,
            iv: try vectors.next()
        )
        return file
    }

    // MARK: Scratch memory

    /// Lends empty memory that keeps its size between uses.
    func takeScratch() -> [UInt8] { scratches.popLast() ?? [] }

    /// Takes lent memory back; large pieces are freed.
    ///
    /// By `inout`, since emptying memory that someone else still refers to would allocate it anew each time.
    func returnScratch(_ memory: inout [UInt8]) {
        guard memory.capacity <= Self.keptScratchByteCount else { return }
        memory.removeAll(keepingCapacity: true)
        scratches.append([])
        swap(&memory, &scratches[scratches.count - 1])
    }

    // MARK: Verifying

    /// Proves that what was sealed opens again to what it was.
    func check(_ sealed: Span<UInt8>, opensTo stored: Span<UInt8>, id: BlobID) throws {
        guard try cipher.opens(sealed, to: stored) else { throw machineFault(id) }
    }

    /// Proves that what was compressed expands to the plaintext.
    func check(_ frame: [UInt8], expandsTo plaintext: Span<UInt8>, id: BlobID) throws {
        guard try decompressor.expands(frame.span, to: plaintext) else { throw machineFault(id) }
    }

    /// Proves that what was compressed piece by piece expands to what was hashed.
    func check(_ frame: [UInt8], expandsToContentOf id: BlobID) throws {
        let hasher = SHA256Hasher()
        let isWhole = try decompressor.forEachPiece(of: frame.span) { piece in
            hasher.update(piece)
            return true
        }
        guard isWhole, BlobID(hasher.finalize()) == id else { throw machineFault(id) }
    }

    private func machineFault(_ id: BlobID) -> RepositoryError {
        RepositoryError(
            .corrupt,
            "Blob \(id) did not survive compression and encryption; memory or processor of this machine may be faulty."
        )
    }

    // MARK: Opening

    /// Opens a sealed blob and proves that it is the one that was asked for.
    ///
    /// - Throws: ``FormatError`` when the code, the compression, the length or the id is wrong.
    func open(_ sealed: Span<UInt8>, as blob: PackEntry) throws -> [UInt8] {
        var plaintext: [UInt8] = []
        try open(sealed, as: blob, appendingTo: &plaintext)
        return plaintext
    }

    /// Like ``open(_:as:)``, into memory of the caller, which must be empty.
    func open(_ sealed: Span<UInt8>, as blob: PackEntry, appendingTo plaintext: inout [UInt8]) throws {
        do {
            if blob.isCompressed {
                var frame = takeScratch()
                defer { returnScratch(&frame) }
                try cipher.open(sealed, appendingTo: &frame)
                try decompress(frame.span, limit: Int(blob.uncompressedLength), appendingTo: &plaintext)
            } else {
                try cipher.open(sealed, appendingTo: &plaintext)
            }
        } catch {
            throw FormatError(error, reading: "blob \(blob.id)")
        }
        guard !blob.isCompressed || plaintext.count == Int(blob.uncompressedLength) else {
            throw FormatError(
                .malformed,
                "blob \(blob.id) has \(plaintext.count) bytes where the index says \(blob.uncompressedLength)"
            )
        }
        guard id(of: plaintext.span) == blob.id else {
            throw FormatError(.notAuthentic, "the content of blob \(blob.id) does not match its name")
        }
    }

    /// Opens a sealed blob as far as its compressed form, and proves what that expands to without memory for the whole of it.
    ///
    /// - Throws: As ``open(_:as:)``.
    func frame(_ sealed: Span<UInt8>, as blob: PackEntry) throws -> [UInt8] {
        var frame: [UInt8] = []
        var count = 0
        let content = SHA256Hasher()
        let isWhole: Bool
        do {
            try cipher.open(sealed, appendingTo: &frame)
            isWhole = try decompressor.forEachPiece(of: frame.span) { piece in
                content.update(piece)
                count += piece.count
                return count <= Int(blob.uncompressedLength)
            }
        } catch {
            throw FormatError(error, reading: "blob \(blob.id)")
        }
        guard isWhole, count == Int(blob.uncompressedLength) else {
            throw FormatError(
                .malformed,
                "blob \(blob.id) does not have the \(blob.uncompressedLength) bytes the index says"
            )
        }
        guard BlobID(content.finalize()) == blob.id else {
            throw FormatError(.notAuthentic, "the content of blob \(blob.id) does not match its name")
        }
        return frame
    }
}
