// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import TestSupport
import Testing
import VeleroAPI

extension Workload {
    /// A Backup in whose name volumes are backed up; the cluster does not know it, so the server does not carry it out.
    func backup(_ name: String = "backup", location: String = "default") -> Backup {
        var backup = Backup(name: "\(namespace)-\(name)", namespace: EndToEndCluster.namespace)
        backup.storageLocation = location
        return backup
    }

    /// A Restore that restores of volumes can belong to.
    func restore(_ name: String = "restore") async throws -> Restore {
        var restore = Restore(name: "\(namespace)-\(name)", namespace: EndToEndCluster.namespace)
        restore.backupName = "\(namespace)-backup"
        restore.statusPhase = .inProgress
        return try await cluster.client.create(restore)
    }

    /// Asks for the backup of a volume, as the server does, but for the owner.
    func startBackup(of volume: String, in pod: Pod, for backup: Backup) async throws -> PodVolumeBackup {
        var claim: PersistentVolumeClaim?
        if let name = pod.volume(named: volume)?.claimName {
            claim = try await cluster.client.get(
                PersistentVolumeClaim.self,
                ObjectKey(namespace: namespace, name: name)
            )
        }
        var request = PodVolumeBackup(of: volume, pod: pod, claim: claim, for: backup, repository: "")
        request.metadata.ownerReferences = []
        return try await cluster.client.create(request)
    }

    /// Asks for the backup of a volume and returns when an agent works on it.
    func backupInProgress(of volume: String, in pod: Pod) async throws -> PodVolumeBackup {
        let started = try await startBackup(of: volume, in: pod, for: backup())
        try await cluster.wait(for: PodVolumeBackup.self, started.key, "in progress") { $0?.phase == .inProgress }
        return started
    }

    /// Backs a volume up and waits for the end, whichever it is.
    func backUp(_ volume: String, of pod: Pod, for backup: Backup) async throws -> PodVolumeBackup {
        try await end(of: try await startBackup(of: volume, in: pod, for: backup))
    }

    /// Restores a volume into a pod and waits for the end, whichever it is.
    func restore(
        _ backup: PodVolumeBackup,
        into pod: Pod,
        for restore: Restore,
        _ change: (inout PodVolumeRestore) -> Void = { _ in }
    ) async throws -> PodVolumeRestore {
        try await end(of: try await startRestore(backup, into: pod, for: restore, change))
    }

    /// Asks for the restore of a volume, as the server does.
    func startRestore(
        _ backup: PodVolumeBackup,
        into pod: Pod,
        for restore: Restore,
        _ change: (inout PodVolumeRestore) -> Void = { _ in }
    ) async throws -> PodVolumeRestore {
        var request = PodVolumeRestore(of: backup, into: pod, claim: nil, for: restore, repository: "")
        change(&request)
        return try await cluster.client.create(request)
    }

    /// Waits until the move of a volume has ended.
    func end<Move: PodVolumeResource>(of move: Move) async throws -> Move {
        let ended = try await cluster.wait(for: Move.self, move.key, "at its end", within: .seconds(180)) {
            $0?.phase.isFinal ?? true
        }
        return try #require(ended, "\(move.key) is gone")
    }
}
