// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeClient
import KubeModel
import TestSupport
import VeleroAPI

/// A namespace with pods of a test, deleted with it.
struct Workload: Sendable {
    let cluster: EndToEndCluster
    let namespace: String

    /// Runs `body` in a fresh namespace.
    static func with(
        _ name: String,
        _ body: (Workload, EndToEndCluster) async throws -> Void
    ) async throws {
        let cluster = try EndToEndCluster.required()
        let workload = Workload(cluster: cluster, namespace: "\(name)-\(UInt32.random(in: 0...UInt32.max))")
        try await cluster.kubectl("create", "namespace", workload.namespace)
        try await cluster.wait(
            for: ServiceAccount.self,
            ObjectKey(namespace: workload.namespace, name: "default"),
            "there"
        ) { $0 != nil }
        let outcome: Result<Void, any Error>
        do {
            try await body(workload, cluster)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
            await workload.tell()
        }
        try await cluster.kubectl("delete", "namespace", workload.namespace, "--wait=false")
        try outcome.get()
    }

    /// Prints what helps to understand a failure.
    private func tell() async {
        for (title, arguments) in [
            ("agent", ["-n", "velero", "logs", "daemonset/node-agent", "--tail=60"]),
            ("server", ["-n", "velero", "logs", "deployment/velero", "--tail=40"]),
            ("pods", ["-n", namespace, "get", "pods", "-o", "wide"]),
            ("events", ["-n", namespace, "get", "events"]),
        ] {
            guard let program = try? requireProgram("kubectl") else { return }
            let text = (try? await cluster.run(program, arguments)) ?? "unknown"
            print("--- \(title)\n\(text)")
        }
    }

    /// Makes what a manifest describes, in this namespace where it has one.
    func apply(_ manifest: String) async throws {
        try await cluster.kubectl("-n", namespace, "apply", "-f", "-", input: manifest)
    }

    /// Makes a pod of one busybox container.
    ///
    /// - Parameters:
    ///   - volumes: By name, the source of each as YAML in flow style; all are mounted at `/NAME`.
    ///   - script: What the container runs before it sleeps.
    ///   - waitsForRestore: Whether it starts with the container that waits for restored volumes.
    ///   - isReady: Whether to wait until it runs, or until its wait container does.
    @discardableResult
    func pod(
        _ name: String,
        volumes: [String: String],
        script: String = "true",
        waitsForRestore restore: Restore? = nil,
        initContainersBefore: Bool = false,
        readOnlyMounts: Bool = false
    ) async throws -> Pod {
        let sources = volumes.map { "{name: \($0.key), \($0.value)}" }.joined(separator: ", ")
        let mounts = volumes.keys.map { "{name: \($0), mountPath: /\($0), readOnly: \(readOnlyMounts)}" }
            .joined(separator: ", ")
        let restored = volumes.keys.map { "{name: \($0), mountPath: /restores/\($0)}" }.joined(separator: ", ")
        let early = "{name: early, image: 'localhost/busybox:1', command: ['true']}, "
        let waiting = restore.map { restore in
            """
              initContainers: [\(initContainersBefore ? early : ""){name: restore-wait, image: '\(EndToEndCluster.image)',
                command: [/velero-restore-helper], args: ['\(restore.metadata.uid ?? "")'], volumeMounts: [\(restored)],
                securityContext: {runAsUser: 0},
                env: [{name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}},
                  {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}]
            """
        }
        try await apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: \(name), labels: {app: \(name)}}
            spec:
              terminationGracePeriodSeconds: 0
            \(waiting ?? "")
              containers:
              - name: main
                image: localhost/busybox:1
                command: [sh, -c, '\(script); touch /started; exec sleep 100000']
                readinessProbe: {exec: {command: [test, -e, /started]}, periodSeconds: 1}
                volumeMounts: [\(mounts)]
              volumes: [\(sources)]
            """
        )
        let key = ObjectKey(namespace: namespace, name: name)
        let pod = try await cluster.wait(for: Pod.self, key, restore == nil ? "ready" : "waiting for its volumes") {
            guard let pod = $0 else { return false }
            if restore != nil { return RestoreWaitContainer(in: pod)?.isRunning == true }
            return pod.containerStatuses.first?.isReady == true
        }
        guard let pod else { throw EndToEndCluster.Failure(description: "pod \(key) is gone") }
        return pod
    }

    /// Waits until a pod's own container runs.
    func untilReady(_ pod: Pod) async throws {
        try await cluster.wait(for: Pod.self, pod.key, "ready") { $0?.containerStatuses.first?.isReady == true }
    }

    /// The directory of a pod's volume on this machine.
    func directory(of volume: String, in pod: Pod, plugin: String = "kubernetes.io~empty-dir") -> String {
        "\(EndToEndCluster.podsDirectory)/\(pod.metadata.uid ?? "")/volumes/\(plugin)/\(volume)"
    }
}

/// An account pods run as; only its existence matters here.
struct ServiceAccount: KubeResource {
    static let resourceType = ResourceType(
        group: "",
        version: "v1",
        kind: "ServiceAccount",
        plural: "serviceaccounts",
        isNamespaced: true
    )
    var object: KubeObject
}
