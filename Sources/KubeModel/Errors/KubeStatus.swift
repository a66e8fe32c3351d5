// SPDX-License-Identifier: Apache-2.0

/// What the API server says about a request that failed: the `Status` object of group `v1`.
package struct KubeStatus: Error, Sendable, Hashable, CustomStringConvertible {
    /// One thing that is wrong, as with a field of an invalid object.
    package struct Cause: Sendable, Hashable {
        /// Machine-readable, such as `FieldValueInvalid`.
        package var reason: String
        package var message: String
        /// The field's path, such as `spec.containers[0].name`.
        package var field: String

        package init(reason: String, message: String, field: String) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    /// The HTTP status.
    package var code: Int
    package var reason: Reason
    /// In words, by the server.
    package var message: String
    /// Name, group and resource or kind the failure is about; empty if the server does not say.
    package var name: String
    package var group: String
    package var kind: String
    package var causes: [Cause]
    /// How long the server asks to wait before the request is repeated.
    package var retryAfter: Duration?

    package init(code: Int, reason: Reason, message: String) {
        self.code = code
        self.reason = reason
        self.message = message
        (name, group, kind) = ("", "", "")
        causes = []
    }

    /// Reads a `Status` object; nil if `value` is none.
    package init?(_ value: JSONValue) {
        guard value["kind"]?.string == "Status", value["apiVersion"]?.string == "v1" else { return nil }
        let code = value["code"]?.int ?? 0
        self.init(
            code: code,
            reason: value["reason"]?.string.map(Reason.init(rawValue:)) ?? Reason(httpStatus: code),
            message: value["message"]?.string ?? ""
        )
        guard let details = value["details"] else { return }
        name = details["name"]?.string ?? ""
        group = details["group"]?.string ?? ""
        kind = details["kind"]?.string ?? ""
        causes = (details["causes"]?.array ?? []).map { cause in
            Cause(
                reason: cause["reason"]?.string ?? "",
                message: cause["message"]?.string ?? "",
                field: cause["field"]?.string ?? ""
            )
        }
        if let seconds = details["retryAfterSeconds"]?.int, seconds > 0 { retryAfter = .seconds(min(seconds, 86_400)) }
    }

    package var description: String {
        message.isEmpty ? "the API server answered \(code) \(reason.rawValue)" : message
    }
}

extension KubeStatus {
    /// Why a request failed, in one word; servers may know more words than are listed here.
    package struct Reason: RawRepresentable, Sendable, Hashable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// Who asks is not known.
        package static let unauthorized = Reason(rawValue: "Unauthorized")
        /// Who asks may not do this.
        package static let forbidden = Reason(rawValue: "Forbidden")
        package static let notFound = Reason(rawValue: "NotFound")
        package static let alreadyExists = Reason(rawValue: "AlreadyExists")
        /// The object was changed in between.
        package static let conflict = Reason(rawValue: "Conflict")
        /// The object is gone for good.
        package static let gone = Reason(rawValue: "Gone")
        /// The resource version asked for is no longer kept: list anew.
        package static let expired = Reason(rawValue: "Expired")
        /// The object breaks a rule of its kind.
        package static let invalid = Reason(rawValue: "Invalid")
        package static let badRequest = Reason(rawValue: "BadRequest")
        package static let methodNotAllowed = Reason(rawValue: "MethodNotAllowed")
        package static let notAcceptable = Reason(rawValue: "NotAcceptable")
        package static let unsupportedMediaType = Reason(rawValue: "UnsupportedMediaType")
        package static let requestEntityTooLarge = Reason(rawValue: "RequestEntityTooLarge")
        package static let tooManyRequests = Reason(rawValue: "TooManyRequests")
        package static let timeout = Reason(rawValue: "Timeout")
        package static let serverTimeout = Reason(rawValue: "ServerTimeout")
        package static let internalError = Reason(rawValue: "InternalError")
        package static let serviceUnavailable = Reason(rawValue: "ServiceUnavailable")
        package static let unknown = Reason(rawValue: "Unknown")

        /// The reason that goes with an HTTP status when the server gives none.
        package init(httpStatus: Int) {
            self =
                switch httpStatus {
                case 400: .badRequest
                case 401: .unauthorized
                case 403: .forbidden
                case 404: .notFound
                case 405: .methodNotAllowed
                case 406: .notAcceptable
                case 409: .conflict
                case 410: .gone
                case 413: .requestEntityTooLarge
                case 415: .unsupportedMediaType
                case 422: .invalid
                case 429: .tooManyRequests
                case 500: .internalError
                case 503: .serviceUnavailable
                case 504: .timeout
                default: .unknown
                }
        }
    }
}
