// SPDX-License-Identifier: Apache-2.0

/// The shared files `~/.aws/credentials` and `~/.aws/config`, with roles to assume through another profile or source.
package struct ProfileCredentials: CredentialsProvider {
    private let environment: CredentialsEnvironment
    private let profileName: String?

    /// - Parameter profileName: Nil: `AWS_PROFILE`, else `default`.
    package init(_ environment: CredentialsEnvironment, profileName: String? = nil) {
        self.environment = environment
        self.profileName = profileName ?? environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"]
    }

    package func credentials() async throws -> AWSCredentials? {
        let name = profileName ?? "default"
        let file = try await loadFiles()
        guard file.profiles[name] != nil else {
            throw CredentialsError(
                profileName == nil ? .notConfigured : .invalid,
                "there is no profile “\(name)” in \(paths.credentials) or \(paths.config)"
            )
        }
        return try await resolve(name, in: file, visited: [])
    }

    /// The region the profile names.
    package func region() async throws -> String? {
        try await loadFiles().profiles[profileName ?? "default"]?["region"]
    }

    private var paths: (credentials: String, config: String) {
        (
            environment["AWS_SHARED_CREDENTIALS_FILE"] ?? environment.expandingHome("~/.aws/credentials"),
            environment["AWS_CONFIG_FILE"] ?? environment.expandingHome("~/.aws/config")
        )
    }

    private func loadFiles() async throws -> ProfileFile {
        func load(_ path: String, _ kind: ProfileFile.Kind) async throws -> ProfileFile {
            guard let bytes = try await environment.readFile(path) else { return ProfileFile() }
            return ProfileFile(parsing: String(decoding: bytes, as: UTF8.self), kind: kind)
        }
        let config = try await load(paths.config, .config)
        return config.merged(with: try await load(paths.credentials, .credentials))
    }

    private func resolve(
        _ name: String,
        in file: ProfileFile,
        visited: Set<String>
    ) async throws -> AWSCredentials? {
        guard let profile = file.profiles[name] else {
            throw CredentialsError(.invalid, "there is no profile “\(name)”, which another profile names as its source")
        }
        guard visited.count < 8 else {
            throw CredentialsError(.invalid, "the source_profile settings starting at “\(name)” go round in a circle")
        }
        // A profile that was come from over source_profile may name itself: then its own keys are meant.
        if let role = profile["role_arn"], !visited.contains(name) {
            return try await assume(role, profile, name, in: file, visited: visited.union([name]))
        }
        if let id = profile["aws_access_key_id"], let secret = profile["aws_secret_access_key"], !id.isEmpty,
            !secret.isEmpty
        {
            return AWSCredentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: profile["aws_session_token"]
            )
        }
        if let unsupported = ["credential_process", "sso_session", "sso_start_url"].first(where: { profile[$0] != nil })
        {
            throw CredentialsError(
                .invalid,
                "the profile “\(name)” uses \(unsupported), which is not supported; give it keys, "
                    + "for instance those that `aws configure export-credentials` prints"
            )
        }
        throw CredentialsError(
            visited.isEmpty ? .notConfigured : .invalid,
            "the profile “\(name)” has no aws_access_key_id and aws_secret_access_key"
        )
    }

    private func assume(
        _ role: String,
        _ profile: [String: String],
        _ name: String,
        in file: ProfileFile,
        visited: Set<String>
    ) async throws -> AWSCredentials? {
        let region = profile["region"] ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
        let sts = SecurityTokenService(environment, region: region)
        if let tokenFile = profile["web_identity_token_file"] {
            return try await WebIdentityCredentials(
                environment,
                role: role,
                tokenFile: tokenFile,
                sessionName: profile["role_session_name"],
                service: sts
            ).credentials()
        }
        let base: AWSCredentials?
        if let source = profile["source_profile"] {
            base = try await resolve(source, in: file, visited: visited)
        } else {
            base = try await credentials(fromSource: profile["credential_source"], profile: name)
        }
        guard let base else { return nil }
        return try await sts.assumeRole(
            AssumeRoleRequest(
                role: role,
                sessionName: profile["role_session_name"],
                externalID: profile["external_id"],
                durationSeconds: profile["duration_seconds"].flatMap { Int($0) }
            ),
            with: base
        )
    }

    private func credentials(fromSource source: String?, profile: String) async throws -> AWSCredentials? {
        switch source {
        case "Environment": return try await EnvironmentCredentials(environment).credentials()
        case "Ec2InstanceMetadata": return try await InstanceCredentials(environment).credentials()
        case "EcsContainer": return try await ContainerCredentials(environment).credentials()
        default:
            throw CredentialsError(
                .invalid,
                "the profile “\(profile)” has role_arn but neither source_profile nor a known credential_source "
                    + "(Environment, Ec2InstanceMetadata, EcsContainer)"
            )
        }
    }
}
