// SPDX-License-Identifier: Apache-2.0

/// A token in a file that somebody else replaces before it ends, such as a pod's service account token.
enum TokenFile {
    /// How long a token is used before the file is read again.
    static let lifetime: Duration = .seconds(60)

    static func credentials(path: String, environment: ConfigurationEnvironment) -> any RequestCredentials {
        RenewedCredentials(clock: environment.clock) {
            guard let bytes = try await environment.readFile(path) else {
                throw KubeError(.credentials, "there is no token file \(path)", isRetryable: true)
            }
            let token = String(decoding: bytes, as: UTF8.self).trimmingWhitespace
            guard !token.isEmpty else {
                throw KubeError(.credentials, "the token file \(path) is empty", isRetryable: true)
            }
            return .init(authorization: "Bearer \(token)", lifetime: lifetime)
        }
    }
}

extension String {
    /// Without white space at both ends.
    var trimmingWhitespace: String {
        let start = drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
