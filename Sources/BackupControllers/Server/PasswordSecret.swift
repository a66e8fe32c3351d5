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
    func ensure() async throws {
        let namespace = context.settings.namespace
        for name in [VeleroObjectName.repositoryCredentials, VeleroObjectName.oldRepositoryCredentials] {
            let key = ObjectKey(namespace: namespace, name: name)
            if try await context.client.get(Secret.self, key) != nil { return }
        }
        var secret = Secret(name: VeleroObjectName.repositoryCredentials, namespace: namespace)
        secret.metadata.labels = [VeleroLabel.component: VeleroLabel.componentValue]
        secret["type"] = "Opaque"
        secret[data: VeleroObjectName.repositoryPasswordKey] = Array(VeleroObjectName.defaultRepositoryPassword.utf8)
        let created: Secret
        do {
            created = try await context.client.create(secret)
        } catch let error as KubeError {
            guard error.code == .alreadyExists else { throw error }
            return
        }
        let message =
            "made with Velero's well-known default password: whoever can read the bucket can read the volumes. For a password of your own, "
            + "put it into the key \(VeleroObjectName.repositoryPasswordKey) before the first backup"
        context.events.record(created.object, .warning, reason: "DefaultRepositoryPassword", message: message)
        context.logger.warning(
            "the repositories' password is the well-known default",
            metadata: ["secret": "\(namespace)/\(VeleroObjectName.repositoryCredentials)"]
        )
    }
}
