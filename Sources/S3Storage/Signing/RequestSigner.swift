// SPDX-License-Identifier: Apache-2.0

internal import ByteTransforms

/// Signature Version 4 over plain values: no clock, no network, no state.
package struct RequestSigner: Sendable {
    /// Whose signature it is.
    package var credentials: AWSCredentials
    /// The region the signature is valid in.
    package var region: String
    /// `s3` or `sts`.
    package var service: String
    /// The moment of signing; servers accept fifteen minutes of difference.
    package var time: UTCTime

    package init(credentials: AWSCredentials, region: String, service: String = "s3", time: UTCTime) {
        self.credentials = credentials
        self.region = region
        self.service = service
        self.time = time
    }

    /// `20150830/us-east-1/s3/aws4_request`.
    package var scope: String { "\(time.basicDate)/\(region)/\(service)/aws4_request" }

    /// The text whose authentication code is the signature.
    package func stringToSign(_ request: CanonicalRequest) -> String {
        let hash = SHA256.digest(Array(request.text.utf8).span).hex
        return "AWS4-HMAC-SHA256\n\(time.basicDateTime)\n\(scope)\n\(hash)"
    }

    /// Lowercase hex signature of a request whose headers and query are complete.
    package func signature(_ request: CanonicalRequest) -> String {
        func authenticate(_ text: String, _ key: [UInt8]) -> [UInt8] {
            HMACSHA256.authenticate(Array(text.utf8).span, key: key.span).bytes
        }
        let dateKey = authenticate(time.basicDate, Array("AWS4\(credentials.secretAccessKey)".utf8))
        let regionKey = authenticate(region, dateKey)
        let serviceKey = authenticate(service, regionKey)
        let signingKey = authenticate("aws4_request", serviceKey)
        return HMACSHA256.authenticate(Array(stringToSign(request).utf8).span, key: signingKey.span).hex
    }

    /// Headers to add to `request` so that the server accepts it: date, session token, `Authorization`.
    ///
    /// Every header of `request` is signed, so proxies must not change them; leave out those that they may.
    package func authorizationHeaders(for request: CanonicalRequest) -> [(name: String, value: String)] {
        var added = [(name: "x-amz-date", value: time.basicDateTime)]
        if let token = credentials.sessionToken { added.append(("x-amz-security-token", token)) }
        var complete = request
        complete.headers += added
        added.append(
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
                    + "SignedHeaders=\(complete.signedHeaderNames), Signature=\(signature(complete))"
            )
        )
        return added
    }

    /// Query items, in the order to send, that turn `request` into a presigned URL valid for `expiry`.
    ///
    /// - Parameter expiry: Whole seconds between 1 and 604 800 (seven days); values outside are clamped.
    package func presignedQuery(
        for request: CanonicalRequest,
        expiry: Duration
    ) -> [(name: String, value: String)] {
        var complete = request
        let seconds = min(max(expiry.components.seconds, 1), 604_800)
        complete.query += [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"),
            ("X-Amz-Date", time.basicDateTime),
            ("X-Amz-Expires", String(seconds)),
        ]
        if let token = credentials.sessionToken { complete.query.append(("X-Amz-Security-Token", token)) }
        complete.query.append(("X-Amz-SignedHeaders", complete.signedHeaderNames))
        return complete.query + [("X-Amz-Signature", signature(complete))]
    }
}
