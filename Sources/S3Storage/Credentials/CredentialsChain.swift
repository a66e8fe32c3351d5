// SPDX-License-Identifier: Apache-2.0

/// Asks one source after the other until one is set up.
package struct CredentialsChain: CredentialsProvider {
    private let providers: [any CredentialsProvider]

    package init(_ providers: [any CredentialsProvider]) {
        self.providers = providers
    }

    /// The sources in restic's order, cached, with the role of `RESTIC_AWS_ASSUME_ROLE_*` on top when that is set.
    ///
    /// Environment, shared files, web identity, container endpoint, instance metadata.
    package static func standard(_ environment: CredentialsEnvironment) -> any CredentialsProvider {
        let chain = CachedCredentials(
            CredentialsChain([
                EnvironmentCredentials(environment),
                ProfileCredentials(environment),
                WebIdentityCredentials(environment),
                ContainerCredentials(environment),
                InstanceCredentials(environment),
            ]),
            wallClock: environment.wallClock
        )
        guard let role = environment["RESTIC_AWS_ASSUME_ROLE_ARN"] else { return chain }
        let request = AssumeRoleRequest(
            role: role,
            sessionName: environment["RESTIC_AWS_ASSUME_ROLE_SESSION_NAME"],
            externalID: environment["RESTIC_AWS_ASSUME_ROLE_EXTERNAL_ID"],
            policy: environment["RESTIC_AWS_ASSUME_ROLE_POLICY"]
        )
        let service = SecurityTokenService(
            environment,
            region: environment["RESTIC_AWS_ASSUME_ROLE_REGION"],
            endpoint: environment["RESTIC_AWS_ASSUME_ROLE_STS_ENDPOINT"]
        )
        return CachedCredentials(
            AssumedRoleCredentials(base: chain, request: request, service: service),
            wallClock: environment.wallClock
        )
    }

    package func credentials() async throws -> AWSCredentials? {
        var reasons: [String] = []
        for provider in providers {
            do {
                return try await provider.credentials()
            } catch let error as CredentialsError where error.code == .notConfigured {
                reasons.append(error.message)
            }
        }
        throw CredentialsError(
            .invalid,
            "none of the sources has any (\(reasons.joined(separator: "; "))); "
                + "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    }

    package func invalidate(_ used: AWSCredentials) async {
        for provider in providers { await provider.invalidate(used) }
    }
}

extension CredentialsEnvironment {
    /// The region that environment or profile names; nil when neither does.
    package func configuredRegion() async throws -> String? {
        if let region = self["AWS_REGION"] ?? self["AWS_DEFAULT_REGION"] { return region }
        return try await ProfileCredentials(self).region()
    }
}
