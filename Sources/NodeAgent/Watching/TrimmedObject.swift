// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

/// Leaves out what an agent never looks at, so that a cluster's thousands of resources take little memory on each of its nodes.
///
/// Only what is changed by patches may be trimmed.
enum TrimmedObject {
    /// Drops the record of who wrote which field.
    @Sendable static func managedFields(_ object: inout KubeObject) {
        object["metadata", "managedFields"] = nil
    }

    /// Keeps name, uid, version, and whether the object is being deleted.
    @Sendable static func identity(_ object: inout KubeObject) {
        object = keeping(object, metadata: [], paths: [])
    }

    /// Keeps everything of unfinished backups of the node, and of others what makes them parents.
    @Sendable static func podVolumeBackup(_ object: inout KubeObject, node: String) {
        let backup = PodVolumeBackup(object: object)
        guard backup.node != node || backup.phase.isFinal else { return managedFields(&object) }
        let claim = backup.metadata[label: VeleroLabel.claimUID]
        object = keeping(
            object,
            metadata: [],
            paths: [
                ["spec", "node"], ["spec", "pod", "namespace"], ["spec", "pod", "name"], ["spec", "volume"],
                ["spec", "backupStorageLocation"], ["spec", "uploaderType"], ["status", "phase"],
                ["status", "snapshotID"], ["status", "startTimestamp"],
            ]
        )
        object.metadata[label: VeleroLabel.claimUID] = claim
    }

    /// Keeps of a pod where it runs, what its volumes are, and how far it is.
    @Sendable static func pod(_ object: inout KubeObject) {
        let mirrored = object.metadata[annotation: VeleroAnnotation.mirrorPodUID]
        let initContainers = (object["spec", "initContainers"]?.array ?? []).map { container in
            JSONValue.object(JSONObject([("name", container["name"] ?? .null)]))
        }
        var kept = keeping(
            object,
            metadata: [],
            paths: [
                ["spec", "nodeName"], ["spec", "volumes"], ["status", "phase"], ["status", "initContainerStatuses"],
            ]
        )
        if !initContainers.isEmpty { kept["spec", "initContainers"] = .array(initContainers) }
        kept.metadata[annotation: VeleroAnnotation.mirrorPodUID] = mirrored
        object = kept
    }

    private static func keeping(_ object: KubeObject, metadata: [String], paths: [[String]]) -> KubeObject {
        var kept = KubeObject()
        kept.apiVersion = object.apiVersion
        kept.kind = object.kind
        let names = ["name", "namespace", "uid", "resourceVersion", "deletionTimestamp"] + metadata
        for name in names { kept.metadata.fields[name] = object.metadata.fields[name] }
        for path in paths {
            if let value = object[path: path] { kept[path: path] = value }
        }
        return kept
    }
}
