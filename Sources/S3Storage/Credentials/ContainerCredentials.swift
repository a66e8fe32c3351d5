// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport

/// The endpoint that ECS and EKS Pod Identity give a container.
package struct ContainerCredentials: CredentialsProvider {
    private let environment: CredentialsEnvironment

    package init(_ environment: CredentialsEnvironment) {
        self.environment = environment
    }

    package func credentials() async throws -> AWSCredentials? {
        var request = HTTPRequest(method: "GET", url: try endpoint(), totalTimeout: .seconds(10))
        if let token = try await authorization() { request.headers.append(("Authorization", token)) }
        request.headers.append(("Accept", "application/json"))
        let service = "the container credentials endpoint"
        let (head, bytes) = try await environment.localClient.answer(to: request, from: service)
        guard head.status == 200 else {
            throw CredentialsError(
                head.status >= 500 || head.status == 429 ? .unavailable : .invalid,
                "\(service) answers with status \(head.status); check the role given to this task or pod"
            )
        }
        return try CredentialsAnswer.credentials(from: bytes, source: service)
    }

    private func endpoint() throws -> String {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            return "http://169.254.170.2" + (path.hasPrefix("/") ? path : "/" + path)
        }
        guard let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else {
            throw CredentialsError(
                .notConfigured,
                "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set"
            )
        }
        guard Self.isTrusted(url) else {
            throw CredentialsError(
                .invalid,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https URL or name this machine; its host is neither"
            )
        }
        return url
    }

    /// The token is a secret, so in clear text it only goes to this machine and the two addresses of the container agents.
    static func isTrusted(_ url: String) -> Bool {
        if url.hasPrefix("https://") { return true }
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst(7).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { return false }
        let host =
            authority.first == "["
            ? authority.prefix { $0 != "]" }.dropFirst() : authority.prefix { $0 != ":" }
        if ["localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(String(host)) {
            return true
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private func authorization() async throws -> String? {
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            guard let token = try await environment.text(ofFile: path), !token.isEmpty else {
                throw CredentialsError(
                    .invalid,
                    "the container authorization token file \(path) does not exist or is empty"
                )
            }
            return token
        }
        return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    }
}
