// SPDX-License-Identifier: Apache-2.0

package import KubeModel
package import VeleroAPI

/// What became of each volume, as `<name>-volumeinfo.json.gz` tells it.
package struct VolumeInformation: Sendable {
    /// Persistent volumes of the backup by name, with their claims.
    private var volumes: [String: PersistentVolume] = [:]
    /// Why a claim's volume has no backup.
    private var reasons: [ObjectKey: [String]] = [:]

    package init() {}

    /// Learns a persistent volume that is in the backup.
    package mutating func note(_ volume: PersistentVolume) {
        var kept = PersistentVolume(name: volume.name)
        kept.metadata.labels = volume.metadata.labels
        kept["spec", "persistentVolumeReclaimPolicy"] = .string(volume.reclaimPolicy)
        kept["spec", "claimRef"] = volume.object["spec", "claimRef"]
        volumes[volume.name] = kept
    }

    /// Learns why the volume behind a claim is left out.
    ///
    /// - Parameter approach: How it would have been backed up, such as `podvolume`.
    package mutating func noteSkipped(_ claim: ObjectKey, approach: String, reason: String) {
        reasons[claim, default: []].append("\(approach): \(reason);")
    }

    /// One entry for each backup of a volume's files, and one for each persistent volume without any.
    package func json(_ backups: [PodVolumeBackup]) -> JSONValue {
        let byClaim = Dictionary(
            volumes.values.compactMap { volume in volume.claim.map { ($0, volume) } },
            uniquingKeysWith: { first, _ in first }
        )
        var covered: Set<String> = []
        var entries: [JSONValue] = []
        for backup in backups.sorted(by: { $0.name < $1.name }) {
            let claim = backup.metadata[annotation: VeleroAnnotation.claimName].map {
                ObjectKey(namespace: backup.podNamespace, name: $0)
            }
            let volume = claim.flatMap { byClaim[$0] }
            if let volume { covered.insert(volume.name) }
            entries.append(Self.entry(backup, claim, volume))
        }
        for volume in volumes.values.sorted(by: { $0.name < $1.name }) where !covered.contains(volume.name) {
            entries.append(skipped(volume))
        }
        return .array(entries)
    }

    private static func entry(
        _ backup: PodVolumeBackup,
        _ claim: ObjectKey?,
        _ volume: PersistentVolume?
    ) -> JSONValue {
        var entry = common(claim, volume, method: "PodVolumeBackup", isSkipped: false)
        entry["startTimestamp"] = backup.startTimestamp?.json
        entry["completionTimestamp"] = backup.completionTimestamp?.json
        entry["result"] = backup.phase == .completed ? "succeeded" : "failed"
        var info: JSONValue = [:]
        if let id = backup.snapshotID, !id.isEmpty { info["snapshotHandle"] = .string(id) }
        info["size"] = backup.totalBytes.map { .int($0) }
        info["incrementalSize"] = backup.incrementalBytes.map { .int($0) }
        info["uploaderType"] = .string(backup.mover.text)
        info["volumeName"] = .string(backup.volume ?? "")
        info["podName"] = .string(backup.podName ?? "")
        info["podNamespace"] = .string(backup.podNamespace ?? "")
        info["nodeName"] = .string(backup.node ?? "")
        info["Phase"] = .string(backup.phase.text)
        entry["pvbInfo"] = info
        return entry
    }

    private func skipped(_ volume: PersistentVolume) -> JSONValue {
        var entry = Self.common(volume.claim, volume, method: nil, isSkipped: true)
        var reasons = volume.claim.flatMap { self.reasons[$0] } ?? []
        reasons.append("volumeSnapshot: no applicable volumesnapshotter found;")
        entry["skippedReason"] = .string(reasons.joined())
        return entry
    }

    private static func common(
        _ claim: ObjectKey?,
        _ volume: PersistentVolume?,
        method: String?,
        isSkipped: Bool
    ) -> JSONValue {
        var entry: JSONValue = [:]
        entry["pvcName"] = claim.map { .string($0.name) }
        entry["pvcNamespace"] = claim?.namespace.map { .string($0) }
        entry["pvName"] = volume.map { .string($0.name) }
        entry["backupMethod"] = method.map { .string($0) }
        entry["snapshotDataMoved"] = false
        entry["preserveLocalSnapshot"] = false
        entry["skipped"] = .bool(isSkipped)
        if let volume {
            entry["pvInfo"] = [
                "reclaimPolicy": .string(volume.reclaimPolicy), "labels": .object(volume.metadata.labels),
            ]
        }
        return entry
    }
}
