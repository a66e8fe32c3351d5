// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

/// Every object of an installation, in the order they must be made; the one source of what `velero install` sends and of the
/// manifests in `deploy` and `daemonset`.
struct InstallObjects: Sendable {
    let settings: InstallSettings

    static let serverName = "velero"
    static let nodeAgentName = "node-agent"
    static let serverAccountName = "velero"
    static let nodeAgentAccountName = "velero-node-agent"
    static let metricsPort = 8085

    init(_ settings: InstallSettings) {
        self.settings = settings
    }

    /// Velero's kinds.
    static var definitions: [KubeObject] {
        CustomResource.all.filter(\.isInstalled).map { resource in
            var object = resource.definition
            object.fields["status"] = nil
            return object
        }
    }

    /// All but the definitions.
    var instances: [KubeObject] {
        [namespace] + serverAccess + secrets + [location].compactMap { $0 } + [serverDeployment] + nodeAgentObjects
    }

    /// What the node agents are made of: their account, its roles, and the DaemonSet.
    var nodeAgentObjects: [KubeObject] {
        guard let agent = settings.nodeAgent else { return [] }
        return nodeAgentAccess(agent) + [nodeAgentDaemonSet(agent)]
    }

    /// An object of the installation with nothing but its name and the label all have.
    func object(_ type: ResourceType, _ name: String) -> KubeObject {
        var object = KubeObject(type, name: name, namespace: type.isNamespaced ? settings.namespace : nil)
        object.metadata.labels = [VeleroLabel.component: VeleroLabel.componentValue]
        return object
    }

    /// Agents read host paths, which the stricter levels of pod security forbid.
    var namespace: KubeObject {
        var object = object(InstalledKinds.namespace, settings.namespace)
        var labels = object.metadata.labels
        for mode in ["enforce", "audit", "warn"] {
            labels["pod-security.kubernetes.io/\(mode)"] = "privileged"
            labels["pod-security.kubernetes.io/\(mode)-version"] = "latest"
        }
        object.metadata.labels = labels
        return object
    }

    var secrets: [KubeObject] {
        var secrets: [KubeObject] = []
        if case .file(let bytes) = settings.credentials {
            secrets.append(
                secret(VeleroObjectName.cloudCredentials, VeleroObjectName.cloudCredentialsKey, bytes)
            )
        }
        if let password = settings.repositoryPassword {
            secrets.append(
                secret(VeleroObjectName.repositoryCredentials, VeleroObjectName.repositoryPasswordKey, password)
            )
        }
        return secrets
    }

    private func secret(_ name: String, _ key: String, _ bytes: [UInt8]) -> KubeObject {
        var secret = Secret(object: object(Secret.resourceType, name))
        secret["type"] = "Opaque"
        secret[data: key] = bytes
        return secret.object
    }

    var location: KubeObject? {
        guard let given = settings.location else { return nil }
        var location = BackupStorageLocation(object: object(BackupStorageLocation.resourceType, "default"))
        location.provider = given.provider
        location.bucket = given.bucket
        if let prefix = given.prefix { location.prefix = prefix }
        if !given.config.isEmpty { location.config = given.config }
        if let authorities = given.certificateAuthorities { location.caCertificates = Base64.encode(authorities) }
        location.isDefault = true
        return location.object
    }
}
