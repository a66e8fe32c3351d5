// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import VeleroAPI

/// Makes sure at the start that the kubelet's directory of pods is what is mounted: without it every backup would fail one by one.
struct StartCheck: Sendable {
    let settings: NodeAgentSettings
    let client: KubeClient
    let hostPods: HostPods

    /// - Throws: ``MoveError`` if a pod that runs here has no directory, ``KubeError``, ``FileSystemError``.
    func run() async throws {
        let options = ListOptions(fields: FieldSelector("spec.nodeName", is: settings.node))
        var running: [Pod] = []
        _ = try await client.list(Pod.resourceType, namespace: nil, options: options) { item in
            guard case .success(var object) = item else { return }
            TrimmedObject.pod(&object)
            let pod = Pod(object: object)
            if pod.phase == .running { running.append(pod) }
        }
        for pod in running where try await !hasDirectory(pod) {
            // It may have ended since it was listed.
            guard let now = try await client.get(Pod.self, pod.key), now.metadata.uid == pod.metadata.uid,
                now.phase == .running, !now.metadata.isBeingDeleted, try await !hasDirectory(now)
            else { continue }
            throw MoveError(
                "unexpected directory structure for host-pods volume, ensure that the host-pods volume corresponds to "
                    + "the pods subdirectory of the kubelet root directory: pod \(pod.key) runs on this node and has no "
                    + "directory in \(settings.podsDirectory)"
            )
        }
    }

    private func hasDirectory(_ pod: Pod) async throws -> Bool {
        let uid = pod.metadata[annotation: VeleroAnnotation.mirrorPodUID] ?? pod.metadata.uid ?? ""
        return try await hostPods.hasDirectory(podUID: uid)
    }
}
