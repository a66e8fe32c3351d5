// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import ObjectStorage

/// What a request was about, for messages.
struct RequestSubject: Sendable {
    var activity: String
    /// `s3:https://host/bucket`, without key.
    var bucketLocation: String
    var bucket: String
    var key: String?
    var permission: String
    var region: String

    /// `uploading s3:https://host/bucket/key`.
    var phrase: String { "\(activity) \(bucketLocation)\(key.map { "/" + $0 } ?? "")" }

    /// The resource a policy must allow.
    var resource: String { "arn:aws:s3:::\(bucket)\(key == nil ? "" : "/…")" }
}

extension S3Failure {
    /// The error that callers see: what failed, why, and what to do about it.
    func storageError(_ subject: RequestSubject) -> StorageError {
        let verdict = judge(subject)
        var text = "\(subject.phrase) failed: \(verdict.explanation) ("
        text += code
        if !message.isEmpty { text += ": \(message)" }
        if let requestID { text += "; request \(requestID)" }
        return StorageError(
            verdict.code,
            text + ")",
            retryAfter: verdict.code == .throttled || verdict.code == .unavailable
                ? retryAfterSeconds.map { .seconds($0) } : nil,
            cause: self
        )
    }

    private func judge(_ subject: RequestSubject) -> (code: StorageError.Code, explanation: String) {
        switch code {
        case "NoSuchKey":
            (.notFound, "the object does not exist")
        case "NotFound":
            subject.key == nil
                ? (.containerNotFound, "the bucket “\(subject.bucket)” does not exist; check its name or create it")
                : (.notFound, "the object does not exist")
        case "NoSuchBucket":
            (
                .containerNotFound,
                "the bucket “\(subject.bucket)” does not exist; check its name and the server, or create it"
            )
        case "NoSuchUpload":
            (.unavailable, "the server has forgotten the multipart upload; it must be started again")
        case "AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden", "UnauthorizedAccess":
            (
                .denied,
                "the credentials may not do this; they need the right \(subject.permission) on \(subject.resource)"
                    + (subject.key == nil
                        ? "" : " (and s3:ListBucket on the bucket, without which missing objects look denied)")
            )
        case "InvalidAccessKeyId":
            (
                .denied,
                "the server does not know the access key id; check AWS_ACCESS_KEY_ID and which server it belongs to"
            )
        case "SignatureDoesNotMatch":
            (
                .denied,
                "the signature is wrong: check AWS_SECRET_ACCESS_KEY, the region (“\(subject.region)” was used), and that no proxy "
                    + "changes the request"
            )
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
            (.denied, "the session token has expired; get new temporary credentials")
        case "InvalidToken":
            (.denied, "the session token is not valid; check that AWS_SESSION_TOKEN belongs to the access key")
        case "RequestTimeTooSkewed", "RequestExpired":
            (.denied, "this machine's clock differs too much from the server's; set it right (NTP)")
        case "AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect",
            "IllegalLocationConstraintException",
            "AuthorizationQueryParametersError", "InvalidRegion":
            (
                .invalid,
                "the bucket is in another region than “\(subject.region)”"
                    + (region.map { ", namely “\($0)”" } ?? "") + "; set AWS_DEFAULT_REGION or -o s3.region"
                    + (endpoint.map { ", or use the server \($0)" } ?? "")
            )
        case "InvalidObjectState":
            (
                .archived,
                "the object is in an archive storage class; restore it to a readable class first (aws s3api restore-object), "
                    + "and keep repositories out of GLACIER and DEEP_ARCHIVE"
            )
        case "InvalidRange":
            (.rangeNotSatisfiable, "the object is shorter than the range asked for")
        case "SlowDown", "TooManyRequests", "RequestLimitExceeded", "Throttling", "ThrottlingException",
            "BandwidthLimitExceeded",
            "ProvisionedThroughputExceededException":
            (.throttled, "the server asks for fewer requests")
        case "QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded",
            "EntityTooLargeForQuota":
            (.full, "the store is full or over its quota; free space or raise the quota")
        case "BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody":
            (.corrupt, "the bytes were damaged or cut on their way to the server")
        case "EntityTooLarge":
            (.invalid, "the server takes no object of this size")
        case "BucketAlreadyExists":
            (.denied, "the bucket “\(subject.bucket)” belongs to someone else; choose another name")
        case "KMS.DisabledException", "KMS.NotFoundException", "KMS.KMSInvalidStateException",
            "KMSInvalidStateException":
            (.denied, "the encryption key of the key management service is missing or disabled; check the key id")
        case "RequestTimeout", "InternalError", "ServiceUnavailable", "OperationAborted", "XMinioServerNotInitialized":
            (status == 503 ? .throttled : .unavailable, "the server is not able to answer now")
        default:
            judgeByStatus(subject)
        }
    }

    private func judgeByStatus(_ subject: RequestSubject) -> (code: StorageError.Code, explanation: String) {
        switch status {
        case 401, 403:
            (.denied, "the server refuses; the credentials need the right \(subject.permission) on \(subject.resource)")
        case 404:
            subject.key == nil
                ? (.containerNotFound, "the bucket “\(subject.bucket)” does not exist; check its name or create it")
                : (.notFound, "the object does not exist")
        case 405 where subject.permission != "s3:GetObject" && subject.permission != "s3:ListBucket":
            (.readOnly, "the server does not allow changes here")
        case 407:
            (.denied, "the proxy wants credentials; put them into HTTPS_PROXY as http://user:password@host:port")
        case 408, 425:
            (.unavailable, "the server gave up waiting")
        case 416: (.rangeNotSatisfiable, "the object is shorter than the range asked for")
        case 429, 503: (.throttled, "the server asks for fewer requests")
        case 507: (.full, "the store is full; free space")
        case 501:
            (
                .invalid,
                "the server does not know this operation or header; check the -o s3.* options against its manual"
            )
        case 500...599: (.unavailable, "the server is not able to answer now")
        case 200...299: (.unavailable, "the server reported a failure after it had begun to answer")
        default: (.invalid, "the server refuses the request; check that the address is that of an S3 server")
        }
    }
}

extension HTTPError {
    /// The error that callers see when there was no complete answer.
    func storageError(_ subject: RequestSubject) -> StorageError {
        StorageError(
            isRetryable ? .unavailable : .invalid,
            "\(subject.phrase) failed: \(message)",
            cause: self
        )
    }
}
