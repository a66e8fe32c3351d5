// SPDX-License-Identifier: Apache-2.0

internal import ByteTransforms
package import ObjectStorage

/// What the server shall encrypt objects with.
package enum ServerSideEncryption: Sendable, Hashable {
    /// Whatever the bucket's default is.
    case bucketDefault
    /// The server's own keys (SSE-S3).
    case aes256
    /// A key of the key management service; nil for the account's default key (SSE-KMS).
    case kms(keyID: String?)
    /// A key that only the client holds and sends along with every read and write (SSE-C).
    case customerKey(CustomerEncryptionKey)

    /// Headers of a request that creates an object: put, create multipart upload.
    var headersForWriting: [(name: String, value: String)] {
        switch self {
        case .bucketDefault: []
        case .aes256: [("x-amz-server-side-encryption", "AES256")]
        case .kms(let keyID):
            [("x-amz-server-side-encryption", "aws:kms")]
                + (keyID.map { [("x-amz-server-side-encryption-aws-kms-key-id", $0)] } ?? [])
        case .customerKey(let key): key.headers
        }
    }

    /// Headers of a request that reads an object or adds a part to it.
    var headersForReading: [(name: String, value: String)] {
        guard case .customerKey(let key) = self else { return [] }
        return key.headers
    }
}

/// A 256-bit key for SSE-C; never printed.
package struct CustomerEncryptionKey: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    private let base64: String
    private let digestBase64: String

    /// - Throws: ``StorageError/Code/invalid`` unless the key has 32 bytes.
    package init(bytes: [UInt8]) throws(StorageError) {
        guard bytes.count == 32 else {
            throw StorageError(
                .invalid,
                "the customer encryption key has \(bytes.count) bytes but must have 32: "
                    + "make one with `openssl rand -out key 32`"
            )
        }
        base64 = Base64.encode(bytes)
        digestBase64 = Base64.encode(MD5.digest(bytes.span))
    }

    /// Reads the key from a file's content: 32 raw bytes, or the base64 text of 32 bytes.
    ///
    /// - Throws: ``StorageError/Code/invalid`` for anything else.
    package init(fileContent: [UInt8]) throws(StorageError) {
        if fileContent.count != 32,
            let decoded = Base64.decode(String(decoding: fileContent, as: UTF8.self)), decoded.count == 32
        {
            try self.init(bytes: decoded)
        } else {
            try self.init(bytes: fileContent)
        }
    }

    fileprivate var headers: [(name: String, value: String)] {
        [
            ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
            ("x-amz-server-side-encryption-customer-key", base64),
            ("x-amz-server-side-encryption-customer-key-MD5", digestBase64),
        ]
    }

    package var description: String { "CustomerEncryptionKey" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
