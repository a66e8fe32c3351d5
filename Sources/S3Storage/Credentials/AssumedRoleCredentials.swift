// SPDX-License-Identifier: Apache-2.0

/// A role taken on with the credentials of another source.
package struct AssumedRoleCredentials: CredentialsProvider {
    private let base: any CredentialsProvider
    private let request: AssumeRoleRequest
    private let service: SecurityTokenService

    package init(base: any CredentialsProvider, request: AssumeRoleRequest, service: SecurityTokenService) {
        self.base = base
        self.request = request
        self.service = service
    }

    package func credentials() async throws -> AWSCredentials? {
        guard let base = try await base.credentials() else {
            throw CredentialsError(
                .invalid,
                "taking on the role \(request.role) needs credentials, but access is set to anonymous"
            )
        }
        return try await service.assumeRole(request, with: base)
    }

    package func invalidate(_ used: AWSCredentials) async {
        // Whatever made the role's credentials invalid may have done the same to those it was taken on with.
        guard let base = try? await base.credentials() else { return }
        await self.base.invalidate(base)
    }
}
