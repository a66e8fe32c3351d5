// SPDX-License-Identifier: Apache-2.0

internal import ByteTransforms
internal import HTTPTransport
internal import ObjectStorage

/// Turns S3 requests into signed HTTP requests: pure, everything it needs is a value.
struct RequestBuilder: Sendable {
    var endpoint: S3Endpoint
    var region: String
    /// Nil sends requests without a signature.
    var credentials: AWSCredentials?
    var time: UTCTime
    var checksum: UploadChecksum
    var leavesUnknownPayloadsUnsigned = false
    var controlTimeout: Duration?

    /// The request as it goes over the wire.
    func httpRequest(_ request: S3Request) -> HTTPRequest {
        let path = endpoint.encodedPath(request.key)
        var headers = request.headers
        let payload = payloadHash(request.body)
        if let body = request.body { headers += checksumHeaders(body, request.bodyKind, payload) }
        headers.append(("x-amz-content-sha256", payload.text))
        if let credentials {
            let canonical = CanonicalRequest(
                method: request.method,
                encodedPath: path,
                query: request.query,
                headers: headers + [("Host", endpoint.authority)],
                payload: payload
            )
            headers += RequestSigner(credentials: credentials, region: region, time: time)
                .authorizationHeaders(for: canonical)
        }
        let carriesBody = request.body != nil || request.method == "PUT" || request.method == "POST"
        return HTTPRequest(
            method: request.method,
            url: url(path: path, query: request.query),
            headers: headers,
            body: carriesBody ? .pieces(request.body?.pieces ?? []) : .none,
            totalTimeout: request.isTransfer ? nil : controlTimeout
        )
    }

    /// A URL that lets anyone do this request until `expiry` has passed; nil without credentials.
    func presignedURL(_ request: S3Request, expiry: Duration) -> String? {
        guard let credentials else { return nil }
        let path = endpoint.encodedPath(request.key)
        let canonical = CanonicalRequest(
            method: request.method,
            encodedPath: path,
            query: request.query,
            headers: request.headers + [("Host", endpoint.authority)],
            payload: .unsigned
        )
        let query = RequestSigner(credentials: credentials, region: region, time: time)
            .presignedQuery(for: canonical, expiry: expiry)
        return url(path: path, query: query)
    }

    private func url(path: String, query: [(name: String, value: String)]) -> String {
        let base = "\(endpoint.scheme.rawValue)://\(endpoint.authority)\(path)"
        return query.isEmpty ? base : base + "?" + PercentEncoding.query(query)
    }

    private func payloadHash(_ body: ObjectBody?) -> PayloadHash {
        guard let body else { return .empty }
        if let hex = body.sha256Hex { return .sha256(hex: hex) }
        if credentials == nil || (leavesUnknownPayloadsUnsigned && endpoint.scheme == .https) { return .unsigned }
        let hasher = SHA256Hasher()
        for piece in body.pieces { hasher.update(piece.span) }
        return .sha256(hex: hasher.finalize().hex)
    }

    /// Part uploads take MD5 in place of SHA-256, which would have to be announced for the whole object beforehand.
    private func checksumHeaders(
        _ body: ObjectBody,
        _ kind: S3Request.BodyKind,
        _ payload: PayloadHash
    ) -> [(name: String, value: String)] {
        guard kind == .object || kind == .part else { return [] }
        switch checksum {
        case .none, .automatic: return []
        case .sha256:
            if kind == .object, case .sha256(let hex) = payload, let digest = Digest256(hex: hex) {
                return [("x-amz-checksum-sha256", Base64.encode(digest.bytes))]
            }
        case .md5: break
        }
        var hasher = MD5()
        for piece in body.pieces { hasher.update(piece.span) }
        return [("Content-MD5", Base64.encode(hasher.finalize()))]
    }
}
