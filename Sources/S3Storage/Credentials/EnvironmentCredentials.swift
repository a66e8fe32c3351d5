// SPDX-License-Identifier: Apache-2.0

/// `AWS_ACCESS_KEY_ID` and friends, then `MINIO_ACCESS_KEY` and `MINIO_SECRET_KEY`.
package struct EnvironmentCredentials: CredentialsProvider {
    private let environment: CredentialsEnvironment

    package init(_ environment: CredentialsEnvironment) {
        self.environment = environment
    }

    package func credentials() async throws -> AWSCredentials? {
        if let pair = try pair("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
            ?? pair("AWS_ACCESS_KEY", "AWS_SECRET_KEY")
        {
            return AWSCredentials(
                accessKeyID: pair.id,
                secretAccessKey: pair.secret,
                sessionToken: environment["AWS_SESSION_TOKEN"]
            )
        }
        if let pair = try pair("MINIO_ACCESS_KEY", "MINIO_SECRET_KEY")
            ?? pair("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD")
        {
            return AWSCredentials(accessKeyID: pair.id, secretAccessKey: pair.secret)
        }
        throw CredentialsError(.notConfigured, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")
    }

    private func pair(_ idName: String, _ secretName: String) throws -> (id: String, secret: String)? {
        switch (environment[idName], environment[secretName]) {
        case (let id?, let secret?): return (id, secret)
        case (nil, nil): return nil
        case (_?, nil): throw CredentialsError(.invalid, "\(idName) is set, but \(secretName) is not: set both")
        case (nil, _?): throw CredentialsError(.invalid, "\(secretName) is set, but \(idName) is not: set both")
        }
    }
}
