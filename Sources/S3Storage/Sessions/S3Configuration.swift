// SPDX-License-Identifier: Apache-2.0

internal import ObjectStorage

/// Everything about a store that is not a credential.
package struct S3Configuration: Sendable {
    /// Server, bucket and prefix.
    package var location: S3Location
    /// Nil: the region that the host's name spells, else `us-east-1`, corrected by the server's first answer.
    package var region: String?
    /// Whether the bucket is named in the host or in the path.
    package var addressing = BucketAddressing.automatic
    /// Which list operation the server knows.
    package var listVersion = S3Request.ListVersion.v2
    /// The storage class for a key, relative to the prefix; nil for the bucket's default.
    package var storageClass: @Sendable (_ key: String) -> String? = { _ in nil }
    /// What the server encrypts objects with.
    package var encryption = ServerSideEncryption.bucketDefault
    /// An extra check of uploads, beyond the signed hash.
    package var checksum = UploadChecksum.automatic
    /// URL-encoded tags for every object; nil for none.
    package var tagging: String?
    /// Leaves bodies whose hash the caller does not know to TLS instead of hashing them; never over plain HTTP.
    package var leavesUnknownPayloadsUnsigned = false
    /// Requests worth having in flight at once.
    package var connectionCount = 5
    /// Scheme, host and port for presigned URLs when clients reach the server by another name; bucket and prefix are ignored.
    package var publicLocation: S3Location?
    /// Largest object that is read whole into memory, in bytes.
    package var maximumObjectByteCount = 512 << 20
    /// Limit for requests without a body to speak of: list, delete, stat; transfers end by stalling instead.
    package var controlTimeout = Duration.seconds(300)
    /// When and how uploads are cut into parts.
    package var multipart = MultipartPolicy()

    package init(location: S3Location) {
        self.location = location
    }
}

/// When and how objects are sent in parts; pure.
package struct MultipartPolicy: Sendable, Hashable {
    /// Bodies up to this size go in one request.
    package var threshold = 200 << 20
    /// Size of the parts of a body whose length is known.
    package var partByteCount = 200 << 20
    /// Size of the first thousand parts of a stream; each further thousand doubles it, so that 10 000 parts hold any object.
    package var streamPartByteCount = 8 << 20
    /// Parts of one stream in flight at once; they and the one being filled are in memory.
    package var concurrency = 2

    package init() {}

    /// S3's limit.
    package static let maximumPartCount = 10_000

    /// Size of part `number` (from 1) of a stream.
    package func streamPartByteCount(number: Int) -> Int {
        streamPartByteCount << min((number - 1) / 1000, 9)
    }

    /// Size of the equal parts (the last may be shorter) of a body.
    package func partByteCount(bodyByteCount: Int) -> Int {
        max(partByteCount, (bodyByteCount + Self.maximumPartCount - 1) / Self.maximumPartCount)
    }
}
