// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import ObjectStorage

extension S3Storage {
    /// How long cleaning up after a failed upload may take.
    private static let abortTimeout = Duration.seconds(30)

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try ObjectKey.validate(key)
        var parts = PartAssembler(policy: configuration.multipart)
        // What fits into one part goes in one request.
        while !parts.hasFullPart {
            guard let piece = try await source() else {
                return try await put(key, ObjectBody(pieces: parts.takeRest()))
            }
            parts.append(piece)
        }
        let assembled = parts
        try await withUpload(key) { upload in
            var parts = assembled
            var isAtEnd = false
            return try await upload.sendParts(concurrency: configuration.multipart.concurrency) {
                while !parts.hasFullPart, !isAtEnd {
                    if let piece = try await source() { parts.append(piece) } else { isAtEnd = true }
                }
                let pieces = parts.hasFullPart ? parts.takePart() : parts.takeRest()
                return pieces.isEmpty ? nil : ObjectBody(pieces: pieces)
            }
        }
    }

    /// Sends a body whose length is known in equal parts.
    func putInParts(_ key: String, _ body: ObjectBody) async throws {
        let partByteCount = configuration.multipart.partByteCount(bodyByteCount: body.byteCount)
        try await withUpload(key) { upload in
            var policy = MultipartPolicy()
            policy.streamPartByteCount = partByteCount
            var parts = PartAssembler(policy: policy, growing: false)
            var remaining = body.pieces[...]
            return try await upload.sendParts(concurrency: configuration.multipart.concurrency) {
                while !parts.hasFullPart, let piece = remaining.popFirst() { parts.append(piece) }
                let pieces = parts.hasFullPart ? parts.takePart() : parts.takeRest()
                return pieces.isEmpty ? nil : ObjectBody(pieces: pieces)
            }
        }
    }

    /// Starts an upload, lets `body` send the parts, and completes it; gives the parts up when anything fails or the task is cancelled.
    private func withUpload(_ key: String, _ body: (MultipartUpload) async throws -> [SentPart]) async throws {
        let objectKey = try objectKey(key)
        let create = S3Request.createMultipartUpload(objectKey, attributes(key))
        let answer = try await partRetrier.run(.put, key) { try await session.send(create) }
        guard let uploadID = try parse(answer.bytes)["UploadId"] else {
            throw StorageError(.corrupt, "the server does not name the upload it started for \(key) in \(location)")
        }
        let upload = MultipartUpload(
            session: session,
            retrier: partRetrier,
            key: objectKey,
            uploadID: uploadID,
            encryption: configuration.encryption
        )
        do {
            try await complete(upload, key, try await body(upload))
        } catch {
            let session = session
            // Whatever becomes of this, the first error is the one to tell; a bucket rule can remove what is left.
            try? await withCancellationShield(timeout: Self.abortTimeout, clock: clock) {
                _ = try await session.send(.abortMultipartUpload(objectKey, uploadID: uploadID))
            }
            throw error
        }
    }

    private func complete(_ upload: MultipartUpload, _ key: String, _ parts: [SentPart]) async throws {
        let request = S3Request.completeMultipartUpload(
            upload.key,
            uploadID: upload.uploadID,
            entityTags: parts.map(\.entityTag),
            encryption: configuration.encryption
        )
        var isRepeated = false
        try await partRetrier.run(.put, key) {
            do {
                defer { isRepeated = true }
                let answer = try await session.send(request)
                // The server may answer 200 long before it is done, and report the failure in the document.
                guard try parse(answer.bytes).rootName == "Error" else { return }
                throw S3Failure(answer.head, body: answer.bytes)
                    .storageError(session.subject(of: request, region: session.region))
            } catch let error as StorageError where (error.cause as? S3Failure)?.code == "NoSuchUpload" && isRepeated {
                // The answer to an earlier try was lost: has it made the object?
                let byteCount = try await stat(key).byteCount
                guard byteCount == parts.reduce(0, { $0 + $1.byteCount }) else { throw error }
            }
        }
    }
}
