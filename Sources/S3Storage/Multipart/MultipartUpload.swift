// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import ObjectStorage

/// What the server acknowledged.
struct SentPart: Sendable, Hashable {
    var number: Int
    var entityTag: String
    var byteCount: Int
}

/// An upload that was started and awaits its parts.
struct MultipartUpload: Sendable {
    let session: S3Session
    let retrier: Retrier
    let key: String
    let uploadID: String
    let encryption: ServerSideEncryption

    /// Sends parts until there are no more, `concurrency` at once.
    ///
    /// - Parameter nextPart: Asked for the next part only when it can be sent; nil ends.
    /// - Returns: The parts in order.
    func sendParts(concurrency: Int, _ nextPart: () async throws -> ObjectBody?) async throws -> [SentPart] {
        try await withThrowingTaskGroup(of: SentPart.self) { group in
            var parts: [SentPart] = []
            var partCount = 0
            var running = 0
            while let part = try await nextPart() {
                if running == concurrency, let done = try await group.next() {
                    parts.append(done)
                    running -= 1
                }
                partCount += 1
                let number = partCount
                guard number <= MultipartPolicy.maximumPartCount else {
                    throw StorageError(.invalid, "\(key) is too large: it needs more than \(number - 1) parts")
                }
                group.addTask { try await send(part, number: number) }
                running += 1
            }
            while let done = try await group.next() { parts.append(done) }
            return parts.sorted { $0.number < $1.number }
        }
    }

    private func send(_ part: ObjectBody, number: Int) async throws -> SentPart {
        let request = S3Request.uploadPart(key, uploadID: uploadID, number: number, part, encryption: encryption)
        let answer = try await retrier.run(.put, key) { try await session.send(request) }
        guard let entityTag = answer.head.header("ETag") else {
            throw StorageError(.corrupt, "the server did not acknowledge part \(number) of \(key) with an ETag")
        }
        return SentPart(number: number, entityTag: entityTag, byteCount: part.byteCount)
    }
}
