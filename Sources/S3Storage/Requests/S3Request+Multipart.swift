// SPDX-License-Identifier: Apache-2.0

package import ObjectStorage

extension S3Request {
    /// Begins an object that comes in parts.
    package static func createMultipartUpload(_ key: String, _ attributes: ObjectAttributes) -> S3Request {
        S3Request(
            "POST",
            key: key,
            query: [("uploads", "")],
            headers: attributes.headers,
            activity: "starting the upload of",
            permission: "s3:PutObject"
        )
    }

    /// Sends one part.
    ///
    /// - Parameter number: 1 to 10 000.
    package static func uploadPart(
        _ key: String,
        uploadID: String,
        number: Int,
        _ body: ObjectBody,
        encryption: ServerSideEncryption
    ) -> S3Request {
        S3Request(
            "PUT",
            key: key,
            query: [("partNumber", String(number)), ("uploadId", uploadID)],
            headers: encryption.headersForReading,
            activity: "uploading part \(number) of",
            permission: "s3:PutObject"
        ).carrying(body, as: .part)
    }

    /// Makes the object out of its parts.
    ///
    /// - Parameter entityTags: What each part's upload answered, in order.
    package static func completeMultipartUpload(
        _ key: String,
        uploadID: String,
        entityTags: [String],
        encryption: ServerSideEncryption
    ) -> S3Request {
        let parts = entityTags.enumerated().map { index, tag in
            "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(XMLText.escape(tag))</ETag></Part>"
        }
        let document =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(parts.joined())"
            + "</CompleteMultipartUpload>"
        return S3Request(
            "POST",
            key: key,
            query: [("uploadId", uploadID)],
            headers: [("Content-Type", "application/xml")] + encryption.headersForReading,
            activity: "completing the upload of",
            permission: "s3:PutObject"
        ).carrying(ObjectBody(Array(document.utf8)), as: .document)
    }

    /// Gives the parts up, so that nobody pays for their storage.
    package static func abortMultipartUpload(_ key: String, uploadID: String) -> S3Request {
        S3Request(
            "DELETE",
            key: key,
            query: [("uploadId", uploadID)],
            activity: "abandoning the upload of",
            permission: "s3:AbortMultipartUpload"
        )
    }
}

/// Text for the few XML documents that are sent.
enum XMLText {
    static func escape(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
