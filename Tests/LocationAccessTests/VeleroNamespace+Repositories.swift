// SPDX-License-Identifier: Apache-2.0

import ClusterTestSupport
import Logging
import VeleroAPI

@testable import LocationAccess

extension VeleroNamespace {
    static let password = "a password of this cluster"

    /// Repositories that read what a location says each time, and do not try again.
    func repositories(_ change: (inout LocationRepositories.Configuration) -> Void = { _ in }) -> LocationRepositories {
        var configuration = LocationRepositories.Configuration(namespace: namespace)
        configuration.probeTime = .zero
        configuration.freshness = .zero
        change(&configuration)
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return LocationRepositories(configuration, client: client, logger: log)
    }

    func makePassword() async throws {
        let name = VeleroObjectName.repositoryCredentials
        try await makeSecret(name, VeleroObjectName.repositoryPasswordKey, Array(Self.password.utf8))
    }
}
