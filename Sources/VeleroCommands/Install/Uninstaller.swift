// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import VeleroAPI

/// Removes the objects of an installation.
struct Uninstaller: Sendable {
    let client: KubeClient
    let namespace: String
    let output: any CommandOutput
    var clock: any Clock<Duration> = ContinuousClock()

    private static let timeout: Duration = .seconds(300)

    /// - Throws: ``KubeError``, or ``CommandFailure`` when the namespace does not go.
    func run(waits: Bool) async throws {
        let isUsedElsewhere = try await isUsedElsewhere()
        let key = ObjectKey(namespace: nil, name: namespace)
        try await client.delete(InstalledKinds.namespace, key)
        try await releaseObjects()
        try await deleteClusterObjects()
        if waits { try await waitUntilGone(key) }
        if isUsedElsewhere {
            try output.line("Another namespace has backup storage locations: the kinds of Velero stay.")
        } else {
            try await deleteDefinitions()
        }
    }

    /// Whether somebody else's objects would go with the kinds.
    private func isUsedElsewhere() async throws -> Bool {
        do {
            return try await client.list(BackupStorageLocation.self, namespace: nil).contains {
                $0.namespace != namespace
            }
        } catch let error as KubeError where error.code == .notFound {
            return false
        }
    }

    /// Takes Velero's finalizers off, for nobody is left to act on them.
    private func releaseObjects() async throws {
        for resource in CustomResource.all {
            let objects: [KubeObject]
            do {
                objects = try await list(resource.type)
            } catch let error as KubeError where error.code == .notFound {
                continue
            }
            for object in objects {
                let finalizers = object.metadata.fields["finalizers"]?.strings ?? []
                let kept = finalizers.filter { !$0.contains("velero.io/") }
                guard kept.count != finalizers.count else { continue }
                try await release(object, resource.type, keeping: kept)
            }
        }
    }

    private func list(_ type: ResourceType) async throws -> [KubeObject] {
        var objects: [KubeObject] = []
        _ = try await client.list(type, namespace: namespace, options: ListOptions()) { item in
            if case .success(let object) = item { objects.append(object) }
        }
        return objects
    }

    private func release(_ object: KubeObject, _ type: ResourceType, keeping finalizers: [String]) async throws {
        let change: JSONValue = ["metadata": ["finalizers": .array(finalizers)]]
        do {
            _ = try await client.sendForObject(try KubeRequest.patch(type, object.key, .merge(change)))
        } catch let error as KubeError where error.code == .notFound {
            return
        }
    }

    private func waitUntilGone(_ key: ObjectKey) async throws {
        try output.line("Waiting for velero namespace \"\(namespace)\" to be deleted")
        var waited: Duration = .zero
        while try await client.get(InstalledKinds.namespace, key) != nil {
            guard waited < Self.timeout else {
                throw CommandFailure(
                    "the namespace \(namespace) is still there after \(Self.timeout.components.seconds) seconds; "
                        + "'kubectl get namespace \(namespace) -o yaml' tells what it waits for"
                )
            }
            try await clock.sleep(for: .seconds(1))
            waited += .seconds(1)
            try await releaseObjects()
        }
        try output.line("Velero namespace \"\(namespace)\" deleted")
    }

    private func deleteClusterObjects() async throws {
        var settings = InstallSettings()
        settings.namespace = namespace
        // What this installs, and the binding of Velero's own installations.
        for name in ["velero-server", "velero-node-agent", "velero"].map(settings.clusterName) {
            for type in [InstalledKinds.clusterRoleBinding, InstalledKinds.clusterRole] {
                let key = ObjectKey(namespace: nil, name: name)
                guard let object = try await client.get(type, key),
                    object.metadata.labels[VeleroLabel.component] == VeleroLabel.componentValue
                else { continue }
                try await client.delete(type, key)
            }
        }
    }

    private func deleteDefinitions() async throws {
        for resource in CustomResource.all {
            let key = ObjectKey(namespace: nil, name: "\(resource.type.plural).\(resource.type.group)")
            guard let object = try await client.get(InstalledKinds.definition, key),
                object.metadata.labels[VeleroLabel.component] == VeleroLabel.componentValue
            else { continue }
            try await client.delete(InstalledKinds.definition, key)
        }
    }
}
