// SPDX-License-Identifier: Apache-2.0

/// What the server is told about repositories at its start.
package struct RepositorySettings: Sendable {
    /// Velero's namespace, where the resources are.
    package var namespace: String
    /// Pause between two prunes of a repository that does not say otherwise (`--default-repo-maintain-frequency`).
    package var maintenanceFrequency: Duration = .seconds(168 * 3600)

    package init(namespace: String) {
        self.namespace = namespace
    }
}
