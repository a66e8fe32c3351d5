// SPDX-License-Identifier: Apache-2.0

/// How the bucket is named in a request.
package enum BucketAddressing: String, Sendable, CaseIterable {
    /// Virtual-host style where the provider asks for it, path style everywhere else.
    case automatic = "auto"
    /// `https://bucket.host/key`.
    case virtualHost = "dns"
    /// `https://host/bucket/key`.
    case path
}

/// The server and bucket that requests go to, in the addressing decided once.
package struct S3Endpoint: Hashable, Sendable {
    /// How to connect.
    package var scheme: S3Location.Scheme
    /// Without the bucket, even in virtual-host style.
    package var host: String
    /// Nil for the scheme's own port.
    package var port: Int?
    /// The bucket's name.
    package var bucket: String
    /// Whether the bucket is named in the host rather than in the path.
    package var isVirtualHost: Bool

    /// - Parameter region: Turns Amazon's global host into the region's own, which saves a redirect; nil leaves it.
    package init(_ location: S3Location, addressing: BucketAddressing = .automatic, region: String? = nil) {
        scheme = location.scheme
        host = Self.regionalHost(location.host, region: region)
        port = location.port
        bucket = location.bucket
        isVirtualHost =
            switch addressing {
            case .path: false
            case .virtualHost: true
            case .automatic:
                Self.wantsVirtualHost(location.host) && Self.isHostLabel(bucket, allowingDots: scheme == .http)
            }
    }

    /// The `Host` header: what is signed and what the server sees.
    package var authority: String {
        (isVirtualHost ? "\(bucket).\(host)" : host) + (port.map { ":\($0)" } ?? "")
    }

    /// The percent-encoded path of an object, or of the bucket itself for nil.
    package func encodedPath(_ key: String?) -> String {
        let keyPart = key.map(PercentEncoding.encodePath) ?? ""
        if isVirtualHost { return "/" + keyPart }
        return "/" + PercentEncoding.encode(bucket) + (key == nil ? "" : "/" + keyPart)
    }

    /// The region that Amazon's host names spell out; nil for every other host and for the global one.
    package static func region(inHost host: String) -> String? {
        var labels = host.split(separator: ".").map(String.init)
        if labels.last == "cn" { labels.removeLast() }
        guard labels.suffix(2) == ["amazonaws", "com"] else { return nil }
        labels.removeLast(2)
        guard let start = labels.lastIndex(where: { $0 == "s3" || $0 == "s3-fips" || $0.hasPrefix("s3-") }) else {
            return nil
        }
        if let region = labels[(start + 1)...].last(where: { $0 != "dualstack" }) { return region }
        // The oldest form, s3-eu-west-1.amazonaws.com.
        let old = labels[start].dropFirst(3)
        return old.isEmpty || old == "external-1" || old == "fips" ? nil : String(old)
    }

    /// Whether the host belongs to AWS.
    package static func isAmazon(_ host: String) -> Bool {
        host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn")
    }

    private static func regionalHost(_ host: String, region: String?) -> String {
        guard let region, isAmazon(host) else { return host }
        if host == "s3.amazonaws.com" { return region == "us-east-1" ? host : "s3.\(region).amazonaws.com" }
        guard let named = Self.region(inHost: host), named != region else { return host }
        return host.split(separator: ".", omittingEmptySubsequences: false)
            .map { $0 == named ? region : $0 == "s3-\(named)" ? "s3-\(region)" : String($0) }
            .joined(separator: ".")
    }

    private static func wantsVirtualHost(_ host: String) -> Bool {
        isAmazon(host) || host == "storage.googleapis.com" || host.hasSuffix(".aliyuncs.com")
    }

    /// Whether the bucket can stand in a host name; with dots a wildcard certificate no longer matches it.
    private static func isHostLabel(_ bucket: String, allowingDots: Bool) -> Bool {
        guard (3...63).contains(bucket.utf8.count) else { return false }
        guard bucket.first != "-", bucket.last != "-", !bucket.contains("..") else { return false }
        return bucket.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            case UInt8(ascii: "."): allowingDots
            default: false
            }
        }
    }
}
