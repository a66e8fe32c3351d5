// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import VeleroAPI

/// Finds the directory of a pod's volume: what the API tells about it, then what the disk has.
struct VolumeLocator: Sendable {
    let client: KubeClient
    let hostPods: HostPods

    private static let csiDrivers = ResourceType(
        group: "storage.k8s.io",
        version: "v1",
        kind: "CSIDriver",
        plural: "csidrivers",
        isNamespaced: false
    )

    /// Opens the directory of a volume.
    ///
    /// - Parameter monitor: Told how long the calls on it take.
    /// - Throws: What is wrong with the volume, for its resource's status; ``KubeError``.
    func open(volume name: String, of pod: Pod, _ monitor: BlockingMonitor) async throws -> OpenedVolume {
        var claim: PersistentVolumeClaim?
        var bound: PersistentVolume?
        var drivers: Set<String> = []
        if let volume = pod.volume(named: name), let claimName = PodVolumeEligibility.claimName(of: volume, in: pod) {
            let key = ObjectKey(namespace: pod.namespace, name: claimName)
            claim = try await client.get(PersistentVolumeClaim.self, key)
            guard claim != nil else { throw MoveError("claim \(key) of volume \(name) does not exist") }
            if let boundName = claim?.volumeName {
                bound = try await client.get(PersistentVolume.self, ObjectKey(namespace: nil, name: boundName))
            }
            if let bound, Self.mayHaveMigrated(bound) { drivers = try await driverNames() }
        }
        let directory = try Self.directory(name, pod, claim, bound, drivers)
        return try await hostPods.open(directory, monitor)
    }

    /// Whether only the cluster's CSI drivers tell who serves the volume.
    private static func mayHaveMigrated(_ volume: PersistentVolume) -> Bool {
        !volume.isSource("csi") && volume.metadata[annotation: VeleroAnnotation.provisionedBy] != nil
            && volume.metadata[annotation: VeleroAnnotation.migratedTo] == nil
    }

    private func driverNames() async throws -> Set<String> {
        var names: Set<String> = []
        _ = try await client.list(Self.csiDrivers, namespace: nil) { item in
            if case .success(let driver) = item, let name = driver.metadata.name { names.insert(name) }
        }
        return names
    }

    @inline(never)
    private static func directory(
        _ name: String,
        _ pod: Pod,
        _ claim: PersistentVolumeClaim?,
        _ bound: PersistentVolume?,
        _ drivers: Set<String>
    ) throws -> VolumeDirectory {
        try VolumeDirectory(volume: name, of: pod, claim: claim, bound: bound, csiDrivers: drivers)
    }
}
