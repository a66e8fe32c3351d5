// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
package import ObjectStorage

extension S3Storage {
    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        guard let range else {
            let request = S3Request.getObject(try objectKey(key), encryption: configuration.encryption)
            return try await session.send(request, maximumByteCount: configuration.maximumObjectByteCount).bytes
        }
        guard !range.isEmpty else { return try await getNothing(key, at: range.lowerBound) }
        let request = S3Request.getObject(
            try objectKey(key),
            from: range.lowerBound,
            upTo: range.upperBound,
            encryption: configuration.encryption
        )
        let answer = try await session.send(request, maximumByteCount: range.count)
        let contentRange = ContentRange(answer.head)
        if !Self.isPartial(answer.head) { return try slice(answer.bytes, key, range) }
        if let start = contentRange?.bytes?.lowerBound, start != range.lowerBound {
            throw StorageError(
                .corrupt,
                "the server answered with other bytes of \(key) in \(location) than were asked for"
            )
        }
        guard answer.bytes.count == range.count else {
            throw StorageError.rangeNotSatisfiable(
                key,
                range: range,
                byteCount: contentRange?.objectByteCount ?? range.lowerBound + answer.bytes.count
            )
        }
        return answer.bytes
    }

    package func recycle(_ bytes: consuming [UInt8]) { session.recycle(bytes) }

    package func getStream(
        _ key: String,
        from offset: Int,
        _ consume: ([UInt8]) async throws -> Void
    ) async throws {
        let request = S3Request.getObject(try objectKey(key), from: offset, encryption: configuration.encryption)
        do {
            try await session.stream(request) { head, body in
                // A server that ignores the range sends the whole object.
                var skip = Self.isPartial(head) ? 0 : offset
                for try await piece in body {
                    let skipped = min(skip, piece.count)
                    skip -= skipped
                    if skipped == 0 {
                        try await consume(piece)
                    } else if skipped < piece.count {
                        try await consume(Array(piece[skipped...]))
                    }
                }
            }
        } catch let error as StorageError where error.code == .rangeNotSatisfiable && error.cause is S3Failure {
            // No byte follows the last one; beyond that it is an error.
            let known = (error.cause as? S3Failure)?.objectByteCount
            let byteCount: Int
            if let known { byteCount = known } else { byteCount = try await stat(key).byteCount }
            guard offset > byteCount else { return }
            throw StorageError.rangeNotSatisfiable(key, range: offset..<(offset + 1), byteCount: byteCount)
        }
    }

    package func stat(_ key: String) async throws -> ObjectInfo {
        let request = S3Request.headObject(try objectKey(key), encryption: configuration.encryption)
        do {
            let answer = try await session.send(request)
            guard let text = answer.head.header("Content-Length"), let byteCount = Int(text), byteCount >= 0 else {
                throw StorageError(.corrupt, "the server does not tell the size of \(key) in \(location)")
            }
            return ObjectInfo(key: key, byteCount: byteCount)
        } catch let error as StorageError where error.cause is S3Failure && !error.isRetryable {
            // An answer to HEAD has no body, so nobody knows why. Reading the first byte tells.
            let request = S3Request.getObject(try objectKey(key), upTo: 1, encryption: configuration.encryption)
            do {
                let answer = try await session.send(request, maximumByteCount: 1)
                return ObjectInfo(
                    key: key,
                    byteCount: ContentRange(answer.head)?.objectByteCount ?? answer.bytes.count
                )
            } catch let reason as StorageError where reason.code == .rangeNotSatisfiable {
                return ObjectInfo(key: key, byteCount: (reason.cause as? S3Failure)?.objectByteCount ?? 0)
            }
        }
    }

    /// No bytes, provided that the object reaches up to `offset`.
    private func getNothing(_ key: String, at offset: Int) async throws -> [UInt8] {
        let byteCount = try await stat(key).byteCount
        guard offset <= byteCount else {
            throw StorageError.rangeNotSatisfiable(key, range: offset..<offset, byteCount: byteCount)
        }
        return []
    }

    /// Whether the body is the range asked for; some servers say 200 and give the range all the same.
    private static func isPartial(_ head: HTTPResponseHead) -> Bool {
        head.status == 206 || ContentRange(head)?.bytes != nil
    }

    private func slice(_ bytes: [UInt8], _ key: String, _ range: Range<Int>) throws -> [UInt8] {
        guard bytes.count >= range.upperBound else {
            throw StorageError.rangeNotSatisfiable(key, range: range, byteCount: bytes.count)
        }
        return range == 0..<bytes.count ? bytes : Array(bytes[range])
    }
}
