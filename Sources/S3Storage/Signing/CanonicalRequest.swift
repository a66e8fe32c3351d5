// SPDX-License-Identifier: Apache-2.0

/// What Signature Version 4 signs, as plain values.
package struct CanonicalRequest: Sendable {
    /// The HTTP method.
    package var method: String
    /// The path exactly as sent: percent-encoded once, never normalized (S3's rule), starting with `/`.
    package var encodedPath: String
    /// Names and values before encoding, in any order.
    package var query: [(name: String, value: String)]
    /// Every header to sign, `Host` included; names in any case, values untrimmed.
    package var headers: [(name: String, value: String)]
    /// How the body is vouched for.
    package var payload: PayloadHash

    package init(
        method: String,
        encodedPath: String,
        query: [(name: String, value: String)],
        headers: [(name: String, value: String)],
        payload: PayloadHash
    ) {
        self.method = method
        self.encodedPath = encodedPath
        self.query = query
        self.headers = headers
        self.payload = payload
    }

    /// Lowercase names joined by `;`, sorted, each once.
    package var signedHeaderNames: String {
        canonicalHeaders.map(\.name).joined(separator: ";")
    }

    /// The canonical form: method, path, sorted query, sorted headers, signed header names and payload hash, one per line.
    package var text: String {
        let headers = canonicalHeaders
        var lines = [method, encodedPath, canonicalQuery]
        lines += headers.map { "\($0.name):\($0.value)" }
        lines += ["", headers.map(\.name).joined(separator: ";"), payload.text]
        return lines.joined(separator: "\n")
    }

    /// Encoded pairs sorted by encoded name, then value, by code point.
    private var canonicalQuery: String {
        query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
            .sorted { left, right in
                left.0 == right.0 ? left.1.utf8Precedes(right.1) : left.0.utf8Precedes(right.0)
            }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    /// Names lowercase and sorted; values trimmed, inner runs of white space one blank, repeated headers joined by commas in order.
    private var canonicalHeaders: [(name: String, value: String)] {
        var merged: [(name: String, value: String)] = []
        for header in headers {
            let name = header.name.lowercased()
            let value = header.value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if let index = merged.firstIndex(where: { $0.name == name }) {
                merged[index].value += "," + value
            } else {
                merged.append((name, value))
            }
        }
        return merged.sorted { $0.name.utf8Precedes($1.name) }
    }
}

/// How a request vouches for its body.
package enum PayloadHash: Hashable, Sendable {
    /// Lowercase hex SHA-256 of the body; the server refuses a body that differs.
    case sha256(hex: String)
    /// The body is left to TLS: saves one pass over bytes whose hash nobody knows yet.
    case unsigned

    /// The hash of no bytes at all.
    package static let empty = PayloadHash.sha256(
        hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )

    /// What stands in `x-amz-content-sha256` and in the canonical request.
    package var text: String {
        switch self {
        case .sha256(let hex): hex
        case .unsigned: "UNSIGNED-PAYLOAD"
        }
    }
}

extension String {
    /// Order by UTF-8 bytes, independent of Unicode normalization.
    func utf8Precedes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
