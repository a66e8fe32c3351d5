// SPDX-License-Identifier: Apache-2.0

package import ObjectStorage

/// Where objects live: a server, a bucket on it, and the prefix all keys start with.
package struct S3Location: Hashable, Sendable {
    /// How to connect.
    package enum Scheme: String, Sendable {
        case http, https

        var defaultPort: Int { self == .http ? 80 : 443 }
    }

    /// HTTPS unless the location says otherwise.
    package var scheme: Scheme
    /// Lowercase host name or address; IPv6 addresses keep their brackets.
    package var host: String
    /// Nil for the scheme's own port.
    package var port: Int?
    /// The bucket's name.
    package var bucket: String
    /// Cleaned: no leading, trailing or doubled `/`, no `.` or `..`; empty for the bucket's root.
    package var prefix: String

    /// - Throws: ``StorageError/Code/invalid`` when bucket or host is missing or cannot be one.
    package init(
        scheme: Scheme = .https,
        host: String,
        port: Int? = nil,
        bucket: String,
        prefix: String = ""
    ) throws(StorageError) {
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port == scheme.defaultPort ? nil : port
        self.bucket = bucket
        self.prefix = Self.cleaned(prefix)
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else {
            throw StorageError(.invalid, "“\(host)” is not a host name; \(Self.forms)")
        }
        guard Self.isBucketName(bucket) else {
            throw StorageError(
                .invalid,
                bucket.isEmpty
                    ? "the repository location names no bucket; \(Self.forms)"
                    : "“\(bucket)” cannot be a bucket name: 1 to 255 letters, digits, dots, hyphens, underscores or colons"
            )
        }
    }

    /// Reads every form of location that restic takes for S3.
    ///
    /// `s3:https://host[:port]/bucket[/prefix]`, `s3:http://…`, `s3:host[:port]/bucket[/prefix]` and `s3://host[:port]/bucket[/prefix]`;
    /// the last two speak HTTPS.
    /// - Throws: ``StorageError/Code/invalid`` naming what is missing.
    package init(parsing text: String) throws(StorageError) {
        guard text.hasPrefix("s3:") else {
            throw StorageError(.invalid, "“\(text)” is no S3 location; \(Self.forms)")
        }
        var rest = text.dropFirst(3)
        var scheme = Scheme.https
        var isURL = true
        if rest.hasPrefix("https://") {
            rest = rest.dropFirst(8)
        } else if rest.hasPrefix("http://") {
            rest = rest.dropFirst(7)
            scheme = .http
        } else {
            isURL = false
            if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
        }
        let parts = rest.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        let (host, port) = try Self.hostAndPort(parts[0])
        func part(_ index: Int) throws(StorageError) -> String {
            guard parts.count > index else { return "" }
            guard isURL else { return parts[index] }
            guard let decoded = PercentEncoding.decode(parts[index]) else {
                throw StorageError(.invalid, "“\(text)” holds a % that is not followed by two hexadecimal digits")
            }
            return String(decoding: decoded, as: UTF8.self)
        }
        try self.init(scheme: scheme, host: host, port: port, bucket: part(1), prefix: part(2))
    }

    /// The location as restic writes it; holds no secrets.
    package var description: String {
        "s3:\(scheme.rawValue)://\(authority)/\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix)")
    }

    /// `host` or `host:port`.
    package var authority: String { host + (port.map { ":\($0)" } ?? "") }

    /// The full object key for a key below the prefix.
    package func objectKey(_ key: String) -> String {
        prefix.isEmpty ? key : "\(prefix)/\(key)"
    }

    private static let forms = "write s3:https://host[:port]/bucket/prefix or s3:host/bucket/prefix"

    private static func hostAndPort(_ authority: String) throws(StorageError) -> (String, Int?) {
        guard !authority.contains("@") else {
            throw StorageError(
                .invalid,
                "a location must not hold credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead"
            )
        }
        let hostEnd =
            authority.hasPrefix("[")
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) } ?? authority.endIndex
            : authority.firstIndex(of: ":") ?? authority.endIndex
        let tail = authority[hostEnd...]
        if tail.isEmpty || tail == ":" { return (String(authority[..<hostEnd]), nil) }
        guard tail.first == ":", let port = Int(tail.dropFirst()), (1...65_535).contains(port) else {
            throw StorageError(.invalid, "“\(authority)” does not end in a port between 1 and 65535")
        }
        return (String(authority[..<hostEnd]), port)
    }

    private static func cleaned(_ prefix: String) -> String {
        var kept: [Substring] = []
        for part in prefix.split(separator: "/") where part != "." {
            if part == ".." { _ = kept.popLast() } else { kept.append(part) }
        }
        return kept.joined(separator: "/")
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// Wider than Amazon's rule: old buckets and other servers allow capitals and underscores.
    private static func isBucketName(_ name: String) -> Bool {
        guard (1...255).contains(name.utf8.count), name != ".", name != ".." else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
    }
}
