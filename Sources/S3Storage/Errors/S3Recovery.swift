// SPDX-License-Identifier: Apache-2.0

/// What to change before asking once more, when the answer itself says how; pure, so that every case can be tested.
///
/// This is not retrying (that is the retry decorator's business): the same request could never succeed, the changed one can.
package enum S3Recovery: Hashable, Sendable {
    /// The bucket is in another region: sign for it and ask its host.
    case region(String)
    /// This machine's clock is wrong: sign with the server's time.
    case clock(offsetSeconds: Int64)
    /// The session token has expired, or the key was replaced by a newer one: get fresh credentials.
    case credentials
    /// The bucket wants a checksum with every upload (object lock).
    case checksum

    /// The kinds of change already made for one request; none is made twice.
    package struct Made: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        static let region = Made(rawValue: 1)
        static let clock = Made(rawValue: 2)
        static let credentials = Made(rawValue: 4)
        static let checksum = Made(rawValue: 8)
    }

    /// The change that `failure` calls for; nil when there is none or it was made already.
    ///
    /// - Parameters:
    ///   - region: The region the request was signed for.
    ///   - localTime: This machine's clock, uncorrected.
    package static func decide(
        _ failure: S3Failure,
        made: Made,
        region: String,
        isUpload: Bool,
        localTime: UTCTime
    ) -> S3Recovery? {
        switch failure.code {
        case "AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect",
            "IllegalLocationConstraintException",
            "AuthorizationQueryParametersError", "InvalidRegion":
            return regionChange(failure, made: made, region: region)
        case "RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureTime":
            guard !made.contains(.clock), let serverTime = failure.serverTime else { return nil }
            return .clock(offsetSeconds: localTime.seconds(until: serverTime))
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken", "InvalidAccessKeyId":
            return made.contains(.credentials) ? nil : .credentials
        case "InvalidRequest", "MissingContentMD5":
            guard !made.contains(.checksum), isUpload else { return nil }
            let text = failure.message.lowercased()
            return text.contains("content-md5") || text.contains("x-amz-checksum")
                || failure.code == "MissingContentMD5"
                ? .checksum : nil
        default:
            // A HEAD answer has no body: the region header is all there is.
            guard [301, 307, 400].contains(failure.status) else { return nil }
            return regionChange(failure, made: made, region: region)
        }
    }

    private static func regionChange(_ failure: S3Failure, made: Made, region: String) -> S3Recovery? {
        guard !made.contains(.region) else { return nil }
        let right =
            failure.region ?? failure.endpoint.flatMap { S3Endpoint.region(inHost: $0) }
            ?? regionInMessage(failure.message)
        guard let right, right != region else { return nil }
        return .region(right)
    }

    /// Some servers name the region only in words: “…the region 'x' is wrong; expecting 'y'”.
    private static func regionInMessage(_ message: String) -> String? {
        guard let start = message.firstRange(of: "expecting '") else { return nil }
        let name = message[start.upperBound...].prefix { $0 != "'" }
        return name.isEmpty || name.count > 64 ? nil : String(name)
    }
}
