// SPDX-License-Identifier: Apache-2.0

internal import ByteTransforms
internal import HTTPTransport

/// Which role to take on, and how.
package struct AssumeRoleRequest: Sendable, Hashable {
    /// The role's ARN.
    package var role: String
    /// Shown in the provider's logs; nil makes one up.
    package var sessionName: String?
    /// What the role's owner agreed on with its users.
    package var externalID: String?
    /// A policy document that narrows the role's rights.
    package var policy: String?
    /// How long the credentials shall last; nil for the service's default of an hour.
    package var durationSeconds: Int?

    package init(
        role: String,
        sessionName: String? = nil,
        externalID: String? = nil,
        policy: String? = nil,
        durationSeconds: Int? = nil
    ) {
        self.role = role
        self.sessionName = sessionName
        self.externalID = externalID
        self.policy = policy
        self.durationSeconds = durationSeconds
    }
}

/// Asks STS for temporary credentials.
package struct SecurityTokenService: Sendable {
    private let environment: CredentialsEnvironment
    private let region: String
    private let endpoint: String

    /// - Parameters:
    ///   - region: Nil for the global endpoint.
    ///   - endpoint: URL of the service; nil: `AWS_ENDPOINT_URL_STS`, else the region's own.
    package init(_ environment: CredentialsEnvironment, region: String? = nil, endpoint: String? = nil) {
        self.environment = environment
        self.region = region ?? "us-east-1"
        let suffix = region?.hasPrefix("cn-") == true ? ".cn" : ""
        let standard = region.map { "https://sts.\($0).amazonaws.com\(suffix)" } ?? "https://sts.amazonaws.com"
        let chosen = endpoint ?? environment["AWS_ENDPOINT_URL_STS"] ?? standard
        self.endpoint = chosen.contains("://") ? chosen : "https://" + chosen
    }

    /// Takes on a role with credentials that may do so.
    package func assumeRole(_ request: AssumeRoleRequest, with base: AWSCredentials) async throws -> AWSCredentials {
        var form: [(name: String, value: String?)] = [
            ("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", request.role),
            ("RoleSessionName", request.sessionName ?? defaultSessionName),
        ]
        if let externalID = request.externalID { form.append(("ExternalId", externalID)) }
        if let policy = request.policy { form.append(("Policy", policy)) }
        if let seconds = request.durationSeconds { form.append(("DurationSeconds", String(seconds))) }
        return try await call(form, role: request.role, signedWith: base)
    }

    /// Takes on a role with a token that an identity provider (Kubernetes) vouches with.
    package func assumeRole(_ role: String, sessionName: String?, webIdentityToken: String) async throws
        -> AWSCredentials
    {
        let form: [(name: String, value: String?)] = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", sessionName ?? defaultSessionName), ("WebIdentityToken", webIdentityToken),
        ]
        return try await call(form, role: role, signedWith: nil)
    }

    private var defaultSessionName: String { "velero-\(environment.wallClock().secondsSinceEpoch)" }

    private func call(
        _ form: [(name: String, value: String?)],
        role: String,
        signedWith credentials: AWSCredentials?
    ) async throws -> AWSCredentials {
        let body = Array(PercentEncoding.query(form).utf8)
        var request = HTTPRequest(method: "POST", url: endpoint, body: .pieces([body]), totalTimeout: .seconds(30))
        request.headers = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
        let (path, authority) = pathAndAuthority
        if path == "/", !endpoint.hasSuffix("/") { request.url = endpoint + "/" }
        if let credentials {
            let canonical = CanonicalRequest(
                method: "POST",
                encodedPath: path,
                query: [],
                headers: request.headers + [("Host", authority)],
                payload: .sha256(hex: SHA256.digest(body.span).hex)
            )
            let signer = RequestSigner(
                credentials: credentials,
                region: region,
                service: "sts",
                time: environment.wallClock()
            )
            request.headers += signer.authorizationHeaders(for: canonical)
        }
        let answer = try await environment.client.answer(to: request, from: "the token service (STS)")
        let document = try? SimpleAnswer.parse(answer.bytes)
        guard answer.head.status == 200 else {
            let isPassing = answer.head.status >= 500 || answer.head.status == 429 || document?["Code"] == "Throttling"
            throw CredentialsError(
                isPassing ? .unavailable : .invalid,
                "the token service refuses the role \(role): \(document?["Code"] ?? "status \(answer.head.status)")"
                    + (document?["Message"].map { ": \($0.prefix(300))" } ?? "")
                    + "; check the role's name and its trust policy"
            )
        }
        guard let id = document?["AccessKeyId"], let secret = document?["SecretAccessKey"],
            let token = document?["SessionToken"]
        else { throw CredentialsError(.unavailable, "the answer of the token service holds no credentials") }
        return AWSCredentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: token,
            expiration: document?["Expiration"].flatMap { UTCTime(iso8601: $0) }
        )
    }

    /// What the signature must name: the same path and host that the request has.
    private var pathAndAuthority: (path: String, authority: String) {
        let isSecure = endpoint.hasPrefix("https://")
        let rest =
            endpoint.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last.map(String.init) ?? ""
        let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var authority = parts[0]
        let defaultPort = isSecure ? ":443" : ":80"
        if authority.hasSuffix(defaultPort) { authority.removeLast(defaultPort.count) }
        return ("/" + (parts.count > 1 ? parts[1] : ""), authority)
    }
}
