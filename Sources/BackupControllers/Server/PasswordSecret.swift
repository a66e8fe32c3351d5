// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import VeleroAPI

/// The Secret with the password of all repositories.
struct PasswordSecret: Sendable {
    let context: ControllerContext

    /// Makes it with the password every installation of Velero has, if there is none under either name; never changes one.
    ///
    /// Warns while that password is in use, also when another Velero put it there.
    func ensure() async throws {
        let namespace = context.settings.namespace
        let key = VeleroObjectName.repositoryPasswordKey
        let wellKnown = Array(VeleroObjectName.defaultRepositoryPassword.utf8)
        for name in [VeleroObjectName.repositoryCredentials, VeleroObjectName.oldRepositoryCredentials] {
            let present = try await context.client.get(Secret.self, ObjectKey(namespace: namespace, name: name))
            guard let present else { continue }
            if present[data: key] == wellKnown { warn(of: present, "holds") }
            return
        }
        var secret = Secret(name: VeleroObjectName.repositoryCredentials, namespace: namespace)
        secret.metadata.labels = [VeleroLabel.component: VeleroLabel.componentValue]
        secret["type"] = "Opaque"
        secret[data: key] = wellKnown
        do {
            warn(of: try await context.client.create(secret), "made with")
        } catch let error as KubeError {
            guard error.code == .alreadyExists else { throw error }
        }
    }

    private func warn(of secret: Secret, _ verb: String) {
        let message =
            "\(verb) Velero's well-known default password: whoever can read the bucket can read the volumes. For a password of your own, "
            + "put it into the key \(VeleroObjectName.repositoryPasswordKey) before the first backup"
        context.events.record(secret.object, .warning, reason: "DefaultRepositoryPassword", message: message)
        context.logger.warning(
            "the repositories' password is the well-known default",
            metadata: ["secret": "\(secret.key)"]
        )
    }
}
