// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// What becomes of a backup found in a bucket; decides only.
///
/// Everything in a bucket may have been written by anybody: nothing is taken over that would have a controller work.
package enum SyncedBackup: Sendable {
    /// A resource to make.
    case make(Backup)
    /// Not finished yet; to be read again soon.
    case unfinished
    /// Not to be used, for this reason.
    case refuse(String)

    /// Most bytes the file of a backup may have: what an API server takes.
    package static let maximumByteCount = 3 << 20

    /// - Parameters:
    ///   - name: The folder's.
    ///   - bytes: Of its `velero-backup.json`.
    ///   - schedules: Uids of the schedules of this cluster, by name.
    package static func read(
        _ bytes: [UInt8],
        name: String,
        location: String,
        namespace: String,
        schedules: [String: String],
        now: KubeTime
    ) -> SyncedBackup {
        guard let stored = object(bytes), let found = Backup(ifOfKind: stored) else {
            return .refuse("velero-backup.json holds no Backup")
        }
        guard found.name == name else { return .refuse("velero-backup.json is about a backup of another name") }
        var phase = found.phase
        switch phase {
        case .completed, .partiallyFailed, .failed: break
        case .waitingForPluginOperations, .waitingForPluginOperationsPartiallyFailed, .finalizing,
            .finalizingPartiallyFailed:
            guard let end = found.expiration, end < now else { return .unfinished }
            phase = .partiallyFailed
        default: return .refuse("its phase is \(String(phase.text.prefix(60))), which no finished backup has")
        }
        var backup = Backup(name: name, namespace: namespace)
        backup["spec"] = found["spec"] ?? [:]
        backup["status"] = found["status"] ?? [:]
        backup.phase = phase
        backup.storageLocation = location
        backup.metadata.labels = found.metadata.labels
        backup.metadata.annotations = found.metadata.annotations
        backup.metadata[label: VeleroLabel.storageLocation] = ObjectName.labelValue(location)
        backup.metadata.ownerReferences = found.metadata.ownerReferences.filter {
            $0.kind == Schedule.gvk.kind && $0.apiVersion == Schedule.gvk.apiVersion && schedules[$0.name] == $0.uid
        }
        return .make(backup)
    }

    @inline(never)
    static func object(_ bytes: [UInt8]) -> KubeObject? { try? KubeObject(parsing: bytes) }
}

/// What becomes of a list of backups of volumes found in a bucket; decides only.
package enum SyncedVolumes {
    /// Most bytes such a list may have, decompressed.
    package static let maximumByteCount = 32 << 20

    /// The resources to make for a backup that was just made, and how many were left out since they cannot be what they should.
    ///
    /// - Throws: `JSONError`.
    @inline(never)
    package static func read(
        _ bytes: [UInt8],
        backup: Backup,
        location: String
    ) throws -> (volumes: [PodVolumeBackup], leftOut: Int) {
        let json = try JSONText.parse(bytes)
        let elements = json.array ?? []
        var volumes: [PodVolumeBackup] = []
        for element in elements {
            guard let object = KubeObject(json: element), let found = PodVolumeBackup(ifOfKind: object),
                ObjectName.isSubdomain(found.name), found.phase.isFinal,
                found.metadata[label: VeleroLabel.backupName] == ObjectName.labelValue(backup.name)
            else { continue }
            var volume = PodVolumeBackup(name: found.name, namespace: backup.namespace)
            volume["spec"] = found["spec"] ?? [:]
            volume["status"] = found["status"] ?? [:]
            volume.backupStorageLocation = location
            volume.metadata.labels = found.metadata.labels
            volume.metadata.annotations = found.metadata.annotations
            volume.metadata[label: VeleroLabel.backupUID] = backup.metadata.uid
            volume.metadata.ownerReferences = [OwnerReference(backup.object, isController: true)]
            volumes.append(volume)
        }
        return (volumes, elements.count - volumes.count)
    }
}
