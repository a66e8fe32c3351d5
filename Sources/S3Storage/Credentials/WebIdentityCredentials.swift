// SPDX-License-Identifier: Apache-2.0

/// A role that a Kubernetes service account may take on (IRSA): a token file, read afresh each time, traded at STS.
package struct WebIdentityCredentials: CredentialsProvider {
    private let environment: CredentialsEnvironment
    private let role: String?
    private let tokenFile: String?
    private let sessionName: String?
    private let service: SecurityTokenService

    /// The role and token file that `AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE` name.
    package init(_ environment: CredentialsEnvironment) {
        self.init(
            environment,
            role: environment["AWS_ROLE_ARN"],
            tokenFile: environment["AWS_WEB_IDENTITY_TOKEN_FILE"],
            sessionName: environment["AWS_ROLE_SESSION_NAME"],
            service: SecurityTokenService(
                environment,
                region: environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
            )
        )
    }

    init(
        _ environment: CredentialsEnvironment,
        role: String?,
        tokenFile: String?,
        sessionName: String?,
        service: SecurityTokenService
    ) {
        self.environment = environment
        self.role = role
        self.tokenFile = tokenFile
        self.sessionName = sessionName
        self.service = service
    }

    package func credentials() async throws -> AWSCredentials? {
        guard let tokenFile else { throw CredentialsError(.notConfigured, "AWS_WEB_IDENTITY_TOKEN_FILE is not set") }
        guard let role else {
            throw CredentialsError(.invalid, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not: set both")
        }
        guard let token = try await environment.text(ofFile: tokenFile), !token.isEmpty else {
            throw CredentialsError(.invalid, "the web identity token file \(tokenFile) does not exist or is empty")
        }
        return try await service.assumeRole(role, sessionName: sessionName, webIdentityToken: token)
    }
}
