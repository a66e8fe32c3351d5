// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
package import KubeClient
package import TestSupport
internal import VeleroAPI

extension ControlPlane {
    /// How an administrator reaches the API server, by token.
    package var administrator: ClusterConfiguration {
        var configuration = ClusterConfiguration(server: server, credentials: FixedCredentials(token: adminToken))
        configuration.certificateAuthorities = .file(certificateAuthority)
        return configuration
    }

    /// Limits that never slow a test down.
    package static var unhurried: KubeClient.Limits {
        var limits = KubeClient.Limits()
        limits.requestsPerSecond = 10_000
        limits.burst = 1000
        return limits
    }

    /// Has the API server know Velero's kinds, and waits until it does.
    package func installKinds() async throws {
        let manifests = CustomResource.all.map(\.manifest).joined(separator: "---\n")
        try await kubectl(["apply", "-f", "-"], input: manifests)
        try await kubectl(["wait", "--for=condition=Established", "--timeout=60s", "crd", "-l", "component=velero"])
    }
}
