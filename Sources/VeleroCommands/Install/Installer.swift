// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import VeleroAPI

/// Makes the objects of an installation, or brings those that are there up to date, and waits for what they start.
struct Installer: Sendable {
    let client: KubeClient
    let output: any CommandOutput
    var clock: any Clock<Duration> = ContinuousClock()

    /// Most time until the server knows new kinds.
    private static let definitionsTimeout: Duration = .seconds(60)
    private static let deploymentTimeout: Duration = .seconds(180)
    private static let daemonSetTimeout: Duration = .seconds(180)

    /// - Throws: ``KubeError``, or ``CommandFailure`` when an object may not be changed.
    func install(_ definitions: [KubeObject], _ instances: [KubeObject]) async throws {
        for object in definitions { try await put(object) }
        try output.line("Waiting for resources to be ready in cluster...")
        for object in definitions { try await waitUntilEstablished(object) }
        for object in instances { try await put(object) }
    }

    /// Waits until the pods of server and agents run.
    ///
    /// - Throws: ``CommandFailure`` that tells what did not become ready.
    func wait(for objects: [KubeObject]) async throws {
        for object in objects where object.gvk == InstalledKinds.deployment.gvk {
            try output.line("Waiting for Velero deployment to be ready.")
            try await wait(Self.deploymentTimeout, "deployment/\(object.key.name)", object, Self.isDeploymentReady)
        }
        for object in objects where object.gvk == InstalledKinds.daemonSet.gvk {
            try output.line("Waiting for node-agent daemonset to be ready.")
            try await wait(Self.daemonSetTimeout, "daemonset/\(object.key.name)", object, Self.isDaemonSetReady)
        }
    }

    private func put(_ object: KubeObject) async throws {
        guard let type = InstalledKinds.type(of: object) else { return }
        let name = "\(object.kind)/\(object.key.name)"
        try output.line("\(name): attempting to create resource")
        let present = try await client.get(type, object.key)
        if let present, type == Secret.resourceType, object.key.name == VeleroObjectName.repositoryCredentials {
            try keepPassword(present, object)
            try output.line("\(name): already exists, proceeding")
            return
        }
        var options = WriteOptions(fieldManager: "velero-cli")
        options.takesOverFields = true
        let request = try KubeRequest.patch(type, object.key, .apply(object), options: options)
        let stored = try await client.sendForObject(request)
        let isUnchanged = present?.metadata.resourceVersion == stored.metadata.resourceVersion
        try output.line(
            "\(name): \(present == nil ? "created" : isUnchanged ? "already exists, proceeding" : "applied")"
        )
    }

    /// With another password every repository would be unreadable.
    private func keepPassword(_ present: KubeObject, _ wanted: KubeObject) throws {
        let key = VeleroObjectName.repositoryPasswordKey
        guard Secret(object: present)[data: key] != Secret(object: wanted)[data: key] else { return }
        throw CommandFailure(
            "Secret \(present.key) holds another password, and the repositories that are there open with that one only; "
                + "leave the flag out to keep it, or delete the Secret and the repositories first"
        )
    }

    private func waitUntilEstablished(_ definition: KubeObject) async throws {
        try await wait(Self.definitionsTimeout, "the kind \(definition.key.name)", definition) { stored in
            (stored["status", "conditions"]?.array ?? []).contains {
                $0["type"]?.string == "Established" && $0["status"]?.string == "True"
            }
        }
    }

    private func wait(
        _ timeout: Duration,
        _ name: String,
        _ object: KubeObject,
        _ isReady: @Sendable (KubeObject) -> Bool
    ) async throws {
        guard let type = InstalledKinds.type(of: object) else { return }
        var waited: Duration = .zero
        let pause: Duration = .milliseconds(500)
        while true {
            if let stored = try await client.get(type, object.key), isReady(stored) { return }
            guard waited < timeout else {
                throw CommandFailure(
                    "\(name) is not ready after \(timeout.components.seconds) seconds; "
                        + "'kubectl get pods -n \(object.key.namespace ?? "")' and 'kubectl describe' tell more"
                )
            }
            try await clock.sleep(for: pause)
            waited += pause
        }
    }

    /// Whether all pods are of the newest kind and run.
    static func isDeploymentReady(_ object: KubeObject) -> Bool {
        let wanted = object["spec", "replicas"]?.int ?? 1
        return isObserved(object) && count(object, "updatedReplicas") >= wanted
            && count(object, "availableReplicas") >= wanted && count(object, "replicas") == wanted
    }

    /// Whether every node that should has a pod of the newest kind that runs; no node is enough.
    static func isDaemonSetReady(_ object: KubeObject) -> Bool {
        let wanted = count(object, "desiredNumberScheduled")
        return isObserved(object) && count(object, "updatedNumberScheduled") >= wanted
            && count(object, "numberAvailable") >= wanted
    }

    private static func isObserved(_ object: KubeObject) -> Bool {
        guard let observed = object["status", "observedGeneration"]?.int else { return false }
        return observed >= object.metadata.generation ?? 0
    }

    private static func count(_ object: KubeObject, _ field: String) -> Int { object["status", field]?.int ?? 0 }
}
