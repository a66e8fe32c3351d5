// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
package import ObjectStorage

/// Objects in a bucket of a server that speaks S3.
///
/// Leaves retrying to ``RetryingStorage``, with two exceptions: a request whose refusal says what to change (another region, the
/// server's clock, fresh credentials, a checksum) is sent once more with that change, and parts of an upload are repeated here.
package final class S3Storage: ObjectStorage {
    let configuration: S3Configuration
    let session: S3Session
    let clock: any Clock<Duration>
    let partRetrier: Retrier

    /// - Parameters:
    ///   - partRetrier: Repeats the requests of an upload in parts, since the source of a stream cannot be asked again.
    ///   - clock: Times out the cleaning up after an upload that failed.
    ///   - wallClock: Dates signatures.
    package init(
        configuration: S3Configuration,
        credentials: any CredentialsProvider,
        client: any HTTPClient,
        partRetrier: Retrier = Retrier(policy: RetryPolicy(totalTime: .seconds(5 * 60))),
        clock: any Clock<Duration> = ContinuousClock(),
        wallClock: @escaping WallClock = UTCTime.systemClock
    ) {
        self.configuration = configuration
        self.partRetrier = partRetrier
        self.clock = clock
        session = S3Session(
            configuration: configuration,
            credentials: credentials,
            client: client,
            wallClock: wallClock
        )
    }

    package var location: String { configuration.location.description }

    package var recommendedConcurrency: Int { configuration.connectionCount }

    package var listingLag: Duration { .milliseconds(200) }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        let objectKey = try objectKey(key)
        if body.byteCount > configuration.multipart.threshold {
            return try await putInParts(key, body)
        }
        _ = try await session.send(.putObject(objectKey, body, attributes(key)))
    }

    package func delete(_ key: String) async throws {
        let request = S3Request.deleteObject(try objectKey(key))
        do {
            _ = try await session.send(request)
        } catch let error as StorageError where error.code == .notFound {
            // Some servers say that it was not there; that is what was wanted.
        }
    }

    /// A URL that reads `key` without credentials for `expiry`, at most seven days.
    ///
    /// - Throws: ``StorageError/Code/invalid`` when the store is used without credentials.
    package func presignedGetURL(_ key: String, expiry: Duration) async throws -> String {
        try await session.presignedURL(
            .getObject(try objectKey(key), encryption: configuration.encryption),
            expiry: expiry
        )
    }

    /// The key in the bucket.
    ///
    /// - Throws: ``StorageError/Code/invalid`` for keys that no store takes.
    func objectKey(_ key: String) throws -> String {
        try ObjectKey.validate(key)
        return configuration.location.objectKey(key)
    }

    func attributes(_ key: String) -> ObjectAttributes {
        ObjectAttributes(
            storageClass: configuration.storageClass(key),
            encryption: configuration.encryption,
            tagging: configuration.tagging
        )
    }
}
