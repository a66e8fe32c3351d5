// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import ObjectStorage

/// An upload that was started and awaits its parts.
struct MultipartUpload: Sendable {
    let session: S3Session
    let key: String
    let uploadID: String
    let encryption: ServerSideEncryption

    /// Sends parts until there are no more, `concurrency` at once.
    ///
    /// - Parameter nextPart: Asked for the next part only when it can be sent; nil ends.
    /// - Returns: The parts' entity tags, in order.
    func sendParts(concurrency: Int, _ nextPart: () async throws -> ObjectBody?) async throws -> [String] {
        try await withThrowingTaskGroup(of: (number: Int, entityTag: String).self) { group in
            var entityTags: [Int: String] = [:]
            var partCount = 0
            var running = 0
            while let part = try await nextPart() {
                if running == concurrency, let done = try await group.next() {
                    entityTags[done.number] = done.entityTag
                    running -= 1
                }
                partCount += 1
                let number = partCount
                guard number <= MultipartPolicy.maximumPartCount else {
                    throw StorageError(.invalid, "\(key) is too large: it needs more than \(number - 1) parts")
                }
                group.addTask { (number, try await send(part, number: number)) }
                running += 1
            }
            while let done = try await group.next() { entityTags[done.number] = done.entityTag }
            return (1...max(partCount, 1)).compactMap { entityTags[$0] }
        }
    }

    private func send(_ part: ObjectBody, number: Int) async throws -> String {
        let request = S3Request.uploadPart(key, uploadID: uploadID, number: number, part, encryption: encryption)
        let answer = try await session.send(request)
        guard let entityTag = answer.head.header("ETag") else {
            throw StorageError(.corrupt, "the server did not acknowledge part \(number) of \(key) with an ETag")
        }
        return entityTag
    }
}
