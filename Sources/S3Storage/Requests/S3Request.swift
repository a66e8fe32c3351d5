// SPDX-License-Identifier: Apache-2.0

package import ObjectStorage

/// One S3 request as a value: what to ask, before host, time and signature are known.
package struct S3Request: Sendable {
    /// `GET`, `HEAD`, `PUT`, `POST` or `DELETE`.
    package var method: String
    /// Full object key; nil for the bucket itself.
    package var key: String?
    /// Before encoding, in the order to send.
    package var query: [(name: String, value: String)]
    /// All of them are signed.
    package var headers: [(name: String, value: String)]
    /// Nil when the request carries nothing.
    package var body: ObjectBody?
    /// What is being done, for messages: “uploading”, “listing”.
    package var activity: String
    /// The right this needs, for messages about refusals: `s3:PutObject`.
    package var permission: String
    /// What the body is.
    package var bodyKind: BodyKind
    /// True for transfers of unknown size, which end by stalling and not by a fixed time.
    package var isTransfer: Bool

    /// Tells apart what is checked, timed and signed differently.
    package enum BodyKind: Sendable {
        case none
        /// A whole object.
        case object
        /// A part of a multipart upload.
        case part
        /// A small XML document.
        case document
    }

    init(
        _ method: String,
        key: String? = nil,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        activity: String,
        permission: String
    ) {
        self.method = method
        self.key = key
        self.query = query
        self.headers = headers
        self.body = nil
        self.bodyKind = .none
        self.activity = activity
        self.permission = permission
        self.isTransfer = false
    }

    func carrying(_ body: ObjectBody, as kind: BodyKind) -> S3Request {
        var copy = self
        copy.body = body
        copy.bodyKind = kind
        copy.isTransfer = kind != .document
        return copy
    }
}

// MARK: - Objects

extension S3Request {
    /// Stores an object whole.
    package static func putObject(_ key: String, _ body: ObjectBody, _ attributes: ObjectAttributes) -> S3Request {
        S3Request(
            "PUT",
            key: key,
            headers: attributes.headers,
            activity: "uploading",
            permission: "s3:PutObject"
        ).carrying(body, as: .object)
    }

    /// Reads an object, or the bytes from `offset` on, or exactly `range`.
    package static func getObject(
        _ key: String,
        from offset: Int = 0,
        upTo end: Int? = nil,
        encryption: ServerSideEncryption = .bucketDefault
    ) -> S3Request {
        var request = S3Request(
            "GET",
            key: key,
            headers: encryption.headersForReading,
            activity: "reading",
            permission: "s3:GetObject"
        )
        if let end {
            request.headers.append(("Range", "bytes=\(offset)-\(end - 1)"))
        } else if offset > 0 {
            request.headers.append(("Range", "bytes=\(offset)-"))
        }
        request.isTransfer = true
        return request
    }

    /// Asks for an object's size without its bytes.
    package static func headObject(_ key: String, encryption: ServerSideEncryption = .bucketDefault) -> S3Request {
        S3Request(
            "HEAD",
            key: key,
            headers: encryption.headersForReading,
            activity: "examining",
            permission: "s3:GetObject"
        )
    }

    /// Removes an object; a missing one is no error to S3.
    package static func deleteObject(_ key: String) -> S3Request {
        S3Request("DELETE", key: key, activity: "deleting", permission: "s3:DeleteObject")
    }
}

// MARK: - Buckets

extension S3Request {
    /// Which list operation to use: some old servers know only the first.
    package enum ListVersion: Sendable { case v1, v2 }

    /// One page of the keys that start with `prefix`.
    ///
    /// - Parameters:
    ///   - delimiter: Keys that have the text up to its next occurrence in common are told once, as that text.
    ///   - position: Where the last page ended: a continuation token (version 2) or a key (version 1).
    package static func listObjects(
        prefix: String,
        version: ListVersion = .v2,
        delimiter: String? = nil,
        after position: String? = nil,
        maximumKeyCount: Int = 1000
    ) -> S3Request {
        var query: [(name: String, value: String)] = version == .v2 ? [("list-type", "2")] : []
        // Keys may hold characters that XML cannot: let the server escape them.
        query += [("encoding-type", "url"), ("max-keys", String(maximumKeyCount)), ("prefix", prefix)]
        if let delimiter { query.append(("delimiter", delimiter)) }
        if let position { query.append((version == .v2 ? "continuation-token" : "marker", position)) }
        return S3Request("GET", query: query, activity: "listing", permission: "s3:ListBucket")
    }

    /// Makes the bucket; `region` nil or `us-east-1` needs no constraint (and Amazon refuses one there).
    package static func createBucket(region: String?) -> S3Request {
        let request = S3Request("PUT", activity: "creating", permission: "s3:CreateBucket")
        guard let region, !region.isEmpty, region != "us-east-1" else { return request }
        let document =
            "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>"
            + XMLText.escape(region) + "</LocationConstraint></CreateBucketConfiguration>"
        return request.carrying(ObjectBody(Array(document.utf8)), as: .document)
    }

    /// Asks whether the bucket exists; the answer's `x-amz-bucket-region` names its region.
    package static func headBucket() -> S3Request {
        S3Request("HEAD", activity: "examining", permission: "s3:ListBucket")
    }

    /// Asks for the bucket's region.
    package static func getBucketLocation() -> S3Request {
        S3Request(
            "GET",
            query: [("location", "")],
            activity: "asking for the region of",
            permission: "s3:GetBucketLocation"
        )
    }
}
