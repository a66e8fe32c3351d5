// SPDX-License-Identifier: Apache-2.0

/// What an object is stored with besides its bytes.
package struct ObjectAttributes: Sendable {
    /// `STANDARD_IA`, `GLACIER_IR` …; nil for the bucket's default.
    package var storageClass: String?
    /// What the server encrypts it with.
    package var encryption: ServerSideEncryption
    /// URL-encoded tags, `team=a&tier=b`; nil for none.
    package var tagging: String?

    package init(
        storageClass: String? = nil,
        encryption: ServerSideEncryption = .bucketDefault,
        tagging: String? = nil
    ) {
        self.storageClass = storageClass
        self.encryption = encryption
        self.tagging = tagging
    }

    var headers: [(name: String, value: String)] {
        var headers = [(name: "Content-Type", value: "application/octet-stream")]
        if let storageClass { headers.append(("x-amz-storage-class", storageClass)) }
        if let tagging { headers.append(("x-amz-tagging", tagging)) }
        return headers + encryption.headersForWriting
    }
}

/// An extra check that the server makes on uploaded bytes, beyond the signed hash.
package enum UploadChecksum: String, Sendable {
    /// `sha256` where the server is known to take it or has asked for one, `none` elsewhere.
    case automatic
    case none
    /// `x-amz-checksum-sha256`: costs nothing, the hash is known for the signature.
    case sha256
    /// `Content-MD5`: one more pass over the bytes, for servers that know nothing newer.
    case md5
}
