// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport

/// An answer that refuses a request, read but not yet judged.
package struct S3Failure: Error, Sendable, Hashable {
    /// The HTTP status.
    package var status: Int
    /// S3's own code, `NoSuchKey`; made up from the status when the answer had no body.
    package var code: String
    /// The server's words, shortened; empty when it sent none.
    package var message: String
    /// By which the provider finds the request in its logs.
    package var requestID: String?
    /// The region the bucket is in, when the answer tells.
    package var region: String?
    /// The host the bucket wants to be asked at, when the answer tells.
    package var endpoint: String?
    /// The server's clock.
    package var serverTime: UTCTime?
    /// Seconds to wait, when the server asks for it.
    package var retryAfterSeconds: Int?
    /// The object's size, from the `Content-Range` of an answer to an impossible range.
    package var objectByteCount: Int?

    package init(
        status: Int,
        code: String,
        message: String = "",
        requestID: String? = nil,
        region: String? = nil,
        endpoint: String? = nil,
        serverTime: UTCTime? = nil,
        retryAfterSeconds: Int? = nil,
        objectByteCount: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.requestID = requestID
        self.region = region
        self.endpoint = endpoint
        self.serverTime = serverTime
        self.retryAfterSeconds = retryAfterSeconds
        self.objectByteCount = objectByteCount
    }

    /// Longest error document that is read.
    static let maximumBodyByteCount = 128 << 10

    /// Reads the answer to a request; never fails: what cannot be read leaves the status to speak.
    init(_ head: HTTPResponseHead, body: [UInt8]) {
        let answer = try? SimpleAnswer.parse(body)
        let isErrorDocument = answer?["Code"] != nil
        self.init(
            status: head.status,
            code: (isErrorDocument ? answer?["Code"] : nil) ?? Self.code(forStatus: head.status),
            message: Self.printable(isErrorDocument ? answer?["Message"] ?? "" : ""),
            requestID: (answer?["RequestId"] ?? head.header("x-amz-request-id")).map(Self.printable),
            region: Self.region(answer?["Region"] ?? head.header("x-amz-bucket-region")),
            endpoint: answer?["Endpoint"],
            serverTime: head.header("Date").flatMap { UTCTime(httpDate: $0) },
            retryAfterSeconds: Self.retryAfterSeconds(head),
            objectByteCount: ContentRange(head)?.objectByteCount
        )
    }

    private static func code(forStatus status: Int) -> String {
        switch status {
        case 301: "PermanentRedirect"
        case 307: "TemporaryRedirect"
        case 401, 403: "AccessDenied"
        case 404: "NotFound"
        case 405: "MethodNotAllowed"
        case 408: "RequestTimeout"
        case 411: "MissingContentLength"
        case 412: "PreconditionFailed"
        case 416: "InvalidRange"
        case 429: "TooManyRequests"
        case 500: "InternalError"
        case 501: "NotImplemented"
        case 503: "ServiceUnavailable"
        case 507: "InsufficientStorage"
        default: "HTTP\(status)"
        }
    }

    /// A name that can stand in a host name and in a credential scope; nil for anything else.
    private static func region(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count) else { return nil }
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isName ? text : nil
    }

    private static func retryAfterSeconds(_ head: HTTPResponseHead) -> Int? {
        guard let text = head.header("Retry-After") else { return nil }
        if let seconds = Int(text) { return min(max(seconds, 0), 3600) }
        guard let until = UTCTime(httpDate: text), let now = head.header("Date").flatMap({ UTCTime(httpDate: $0) })
        else { return nil }
        return Int(min(max(now.seconds(until: until), 0), 3600))
    }

    /// One line without control characters, at most 300 characters.
    private static func printable(_ text: String) -> String {
        let line = text.unicodeScalars.prefix(300).map {
            $0.properties.generalCategory == .control ? " " : Character($0)
        }
        return String(line)
    }
}
