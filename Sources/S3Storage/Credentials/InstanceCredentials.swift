// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport

/// The role of the machine this runs on, from the instance metadata service, version 2 only.
package struct InstanceCredentials: CredentialsProvider {
    private let environment: CredentialsEnvironment
    /// Everywhere but on such a machine nobody answers; that must not cost much.
    private let timeout: Duration

    package init(_ environment: CredentialsEnvironment, timeout: Duration = .seconds(2)) {
        self.environment = environment
        self.timeout = timeout
    }

    package func credentials() async throws -> AWSCredentials? {
        let token = try await sessionToken()
        let list = "/latest/meta-data/iam/security-credentials/"
        let roles = try await get(list, token: token)
        let role =
            String(decoding: roles, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !role.isEmpty else { throw CredentialsError(.notConfigured, "this machine has no instance role") }
        return try CredentialsAnswer.credentials(
            from: try await get(list + PercentEncoding.encode(role), token: token),
            source: "the instance metadata service"
        )
    }

    /// The region this machine is in.
    package func region() async throws -> String {
        let bytes = try await get("/latest/meta-data/placement/region", token: try await sessionToken())
        return String(decoding: bytes, as: UTF8.self)
    }

    private var endpoint: String {
        var endpoint = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254"
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        return endpoint
    }

    private func sessionToken() async throws -> String {
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" {
            throw CredentialsError(
                .notConfigured,
                "the instance metadata service is switched off by AWS_EC2_METADATA_DISABLED"
            )
        }
        let request = HTTPRequest(
            method: "PUT",
            url: endpoint + "/latest/api/token",
            headers: [("X-aws-ec2-metadata-token-ttl-seconds", "21600")],
            body: .pieces([]),
            totalTimeout: timeout
        )
        let answer: (head: HTTPResponseHead, bytes: [UInt8])
        do {
            answer = try await environment.localClient.answer(to: request, from: "the instance metadata service")
        } catch let error as CredentialsError {
            throw CredentialsError(.notConfigured, error.message, cause: error.cause)
        }
        guard answer.head.status == 200, !answer.bytes.isEmpty else {
            throw CredentialsError(
                .notConfigured,
                "the instance metadata service gives no session token (status \(answer.head.status)); "
                    + "from a container its hop limit must be 2"
            )
        }
        return String(decoding: answer.bytes, as: UTF8.self)
    }

    private func get(_ path: String, token: String) async throws -> [UInt8] {
        let request = HTTPRequest(
            method: "GET",
            url: endpoint + path,
            headers: [("X-aws-ec2-metadata-token", token)],
            totalTimeout: timeout
        )
        let (head, bytes) = try await environment.localClient.answer(
            to: request,
            from: "the instance metadata service"
        )
        switch head.status {
        case 200: return bytes
        case 404: throw CredentialsError(.notConfigured, "this machine has no instance role")
        default:
            throw CredentialsError(.unavailable, "the instance metadata service answers with status \(head.status)")
        }
    }
}
