// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import VeleroAPI

/// Makes resources for the backups in the buckets of locations, and lets go of those whose backup is gone from its bucket.
struct SyncController: Sendable {
    let context: ControllerContext
    let locations: ObjectStore
    let backups: ObjectStore
    let stores: any StoreProvider
    /// Backups that could not be used, and when they are read again.
    private let refused = Remembered<[RefusedKey: KubeTime]>([:])

    private struct RefusedKey: Hashable {
        let location: String
        let name: String
    }

    /// Backups read at once.
    private static let concurrency = 4
    /// Pause before a backup that could not be used is read again.
    private static let refusalPause: Duration = .seconds(600)
    private static let timeLimit: Duration = .seconds(1800)

    init(_ context: ControllerContext, locations: ObjectStore, backups: ObjectStore, stores: any StoreProvider) {
        self.context = context
        self.locations = locations
        self.backups = backups
        self.stores = stores
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        guard let location = locations.get(BackupStorageLocation.self, key), !location.metadata.isBeingDeleted else {
            return .done
        }
        let given = location.backupSyncPeriod?.duration ?? context.settings.syncInterval
        let period = given < .zero ? context.settings.syncInterval : given
        guard period > .zero else { return .done }
        // A change of the status brings the key back.
        guard location.phase == .available else { return .done }
        if let last = location.lastSyncedTime {
            let left = min(context.now().duration(to: last.advanced(by: period)), period)
            guard left <= .zero else { return .again(after: left) }
        }
        try await backups.waitUntilSynced()
        let known = Set(backups.objects.map { $0.metadata.name ?? "" })
        let candidates = orphanCandidates(of: location.name)
        let schedules = try await context.client.list(Schedule.self, namespace: context.settings.namespace)
        let uids = Dictionary(
            schedules.map { ($0.name, $0.metadata.uid ?? "") },
            uniquingKeysWith: { first, _ in first }
        )
        let found = try await withDeadline(Self.timeLimit, clock: context.clock) {
            try await stores.withStore(of: location.name) { store in
                let bucket = BucketBackups(store: store)
                let names = try await bucket.names()
                let missing = names.subtracting(known).sorted()
                try await takeOver(missing, from: bucket, location: location.name, schedules: uids)
                return names
            }
        }
        for backup in candidates where !found.contains(backup.name) { try await letGo(backup, of: location.name) }
        let time = context.now()
        _ = try await context.update(BackupStorageLocation.self, key) { location in
            location.lastSyncedTime = time
            return true
        }
        return .again(after: period)
    }

    // MARK: Taking over

    private func takeOver(
        _ names: [String],
        from bucket: BucketBackups,
        location: String,
        schedules: [String: String]
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            for name in names {
                let key = RefusedKey(location: location, name: name)
                if let time = refused.value[key], time > context.now() { continue }
                if running == Self.concurrency {
                    try await group.next()
                    running -= 1
                }
                group.addTask { try await takeOver(name, key, from: bucket, schedules: schedules) }
                running += 1
            }
            try await group.waitForAll()
        }
    }

    private func takeOver(
        _ name: String,
        _ key: RefusedKey,
        from bucket: BucketBackups,
        schedules: [String: String]
    ) async throws {
        do {
            guard let bytes = try await bucket.metadata(name) else { return }
            let read = SyncedBackup.read(
                bytes,
                name: name,
                location: key.location,
                namespace: context.settings.namespace,
                schedules: schedules,
                now: context.now()
            )
            switch read {
            case .unfinished: return
            case .refuse(let reason): refuse(key, reason)
            case .make(let backup):
                try await make(backup, from: bucket, location: key.location)
                refused.update { $0[key] = nil }
            }
        } catch {
            try Task.checkCancellation()
            // Of the server's troubles only those about this one object are this backup's fault.
            if let error = error as? KubeError, error.code != .invalid { throw error }
            refuse(key, RepositoryProblem.text(error, namespace: context.settings.namespace))
        }
    }

    private func make(_ backup: Backup, from bucket: BucketBackups, location: String) async throws {
        // Read before the backup is made: once it is there, nobody looks at it again.
        let list = try await bucket.volumes(backup.name)
        let made: Backup
        do {
            made = try await context.client.create(backup)
        } catch let error as KubeError {
            guard error.code == .alreadyExists else { throw error }
            return
        }
        context.logger.info(
            "took over a backup from a bucket",
            metadata: ["backup.name": "\(backup.name)", "location": "\(location)"]
        )
        guard let list else { return }
        let (volumes, leftOut) = try SyncedVolumes.read(list, backup: made, location: location)
        for volume in volumes {
            do {
                _ = try await context.client.create(volume)
            } catch let error as KubeError {
                guard error.code == .alreadyExists || error.code == .invalid else { throw error }
            }
        }
        if leftOut > 0 {
            context.logger.warning(
                "entries of a bucket's list of volumes were left out",
                metadata: ["backup.name": "\(backup.name)", "count": "\(leftOut)"]
            )
        }
    }

    private func refuse(_ key: RefusedKey, _ reason: String) {
        let time = context.now().advanced(by: Self.refusalPause)
        refused.update { $0[key] = time }
        context.logger.warning(
            "a backup in a bucket cannot be used",
            metadata: ["backup.name": "\(key.name)", "location": "\(key.location)", "error": "\(reason)"]
        )
    }

    // MARK: Letting go

    /// Finished backups of a location, as known before its bucket is listed: a later one may not be in the list yet.
    private func orphanCandidates(of location: String) -> [Backup] {
        let label = ObjectName.labelValue(location)
        return backups.objects.map(Backup.init(object:)).filter { backup in
            backup.metadata[label: VeleroLabel.storageLocation] == label && !backup.metadata.isBeingDeleted
                && (backup.phase == .completed || backup.phase == .partiallyFailed)
        }
    }

    private func letGo(_ backup: Backup, of location: String) async throws {
        do {
            let options = DeleteOptions(propagation: .background, uid: backup.metadata.uid)
            try await context.client.delete(Backup.resourceType, backup.key, options: options)
        } catch let error as KubeError {
            guard error.code == .notFound || error.code == .conflict else { throw error }
        }
        context.logger.info(
            "let go of a backup that is gone from its bucket",
            metadata: ["backup.name": "\(backup.name)", "location": "\(location)"]
        )
    }
}
