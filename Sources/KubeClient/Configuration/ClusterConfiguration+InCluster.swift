// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport

extension ClusterConfiguration {
    private static let directory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// From what the kubelet gives to every pod; nil outside of one.
    ///
    /// The token is read again as it is rotated, the authorities with every new connection.
    /// - Throws: ``KubeError`` with `.configuration` if only part of it is there.
    package static func inCluster(_ environment: ConfigurationEnvironment) async throws -> ClusterConfiguration? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], let port = environment["KUBERNETES_SERVICE_PORT"]
        else {
            return nil
        }
        guard try await environment.readFile("\(directory)/token") != nil else { return nil }
        guard try await environment.readFile("\(directory)/ca.crt") != nil else {
            throw KubeError(
                .configuration,
                "\(directory)/ca.crt is missing; check that the pod's service account is mounted"
            )
        }
        let name = host.contains(":") ? "[\(host)]" : host
        var configuration = ClusterConfiguration(
            server: "https://\(name):\(port)",
            credentials: TokenFile.credentials(path: "\(directory)/token", environment: environment)
        )
        configuration.certificateAuthorities = .file("\(directory)/ca.crt")
        if let namespace = try await environment.readFile("\(directory)/namespace") {
            configuration.namespace = String(decoding: namespace, as: UTF8.self).trimmingWhitespace
        }
        return configuration
    }
}
