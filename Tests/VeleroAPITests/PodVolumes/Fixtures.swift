// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

/// Small objects for the tests of decisions.
enum Fixture {
    static let podUID = "6b2f0c1e-6c5f-4f6e-9d3c-0d6f5a1f2b3c"

    /// A running pod on node `one` whose only container mounts the volumes given.
    static func pod(
        _ volumes: JSONValue = [["name": "data", "emptyDir": [:]]],
        annotations: [String: String] = [:],
        mounts: [String] = ["data"],
        phase: String = "Running"
    ) -> Pod {
        var pod = Pod(name: "web-0", namespace: "shop")
        pod.metadata.uid = podUID
        pod.metadata.annotations = annotations
        pod.object["spec", "nodeName"] = "one"
        pod.object["spec", "volumes"] = volumes
        pod.object["spec", "containers"] = [
            ["name": "main", "volumeMounts": .array(mounts.map { ["name": .string($0)] })]
        ]
        pod.object["status", "phase"] = .string(phase)
        return pod
    }

    static func claim(volume: String? = "pv-1", mode: String = "Filesystem") -> PersistentVolumeClaim {
        var claim = PersistentVolumeClaim(name: "data-claim", namespace: "shop")
        claim.metadata.uid = "c1a10000-0000"
        claim.object["spec", "volumeMode"] = .string(mode)
        claim.object["spec", "volumeName"] = volume.map { .string($0) }
        return claim
    }

    static func volume(_ source: String, annotations: [String: String] = [:]) -> PersistentVolume {
        var volume = PersistentVolume(name: "pv-1")
        volume.object["spec", source] = ["path": "/x"]
        volume.metadata.annotations = annotations
        return volume
    }

    static func backup() -> Backup {
        var backup = Backup(name: "daily", namespace: "velero")
        backup.metadata.uid = "bac0"
        backup.storageLocation = "default"
        return backup
    }

    static func podVolumeBackup(_ phase: PodVolumePhase = .new) -> PodVolumeBackup {
        var resource = PodVolumeBackup(of: "data", pod: pod(), claim: nil, for: backup(), repository: "local:/r/shop")
        resource.phase = phase
        return resource
    }

    static func podVolumeRestore(_ phase: PodVolumePhase = .new) -> PodVolumeRestore {
        var restore = Restore(name: "again", namespace: "velero")
        restore.metadata.uid = "e5"
        var backup = podVolumeBackup(.completed)
        backup.snapshotID = "0123abcd"
        var resource = PodVolumeRestore(of: backup, into: pod(), claim: nil, for: restore, repository: "local:/r/shop")
        resource.phase = phase
        return resource
    }

    /// A pod held back by the waiting container at that place.
    static func waitingPod(state: String = "running", index: Int = 0, name: String = "restore-wait") -> Pod {
        var pod = pod(phase: "Pending")
        var names = (0..<index).map { "before-\($0)" }
        names.append(name)
        pod.object["spec", "initContainers"] = .array(names.map { ["name": .string($0)] })
        pod.object["status", "initContainerStatuses"] = [
            ["name": .string(name), "state": .object(JSONObject([(state, JSONValue.object([:]))]))]
        ]
        return pod
    }
}

/// The only action; nil if there are none or several.
func only(_ actions: [PodVolumeAction]) -> PodVolumeAction? { actions.count == 1 ? actions.first : nil }
