// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ClusterArchive
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import ObjectStorage
import Telemetry
import VeleroAPI

/// Carries out Backups that are ready to start, and ends those that another server left unfinished.
struct BackupController: Sendable {
    let context: ControllerContext
    let parts: BackupParts
    /// All Backups, as the watch last told them.
    let store: ObjectStore

    /// How long the last words of a backup may take when the server ends.
    static let farewellTime: Duration = .seconds(20)

    func reconcile(_ key: KubeModel.ObjectKey) async throws -> Controller<KubeModel.ObjectKey>.Outcome {
        // What the watch tells may be older than what this server did itself.
        guard let backup = try await context.client.get(Backup.self, key), !backup.metadata.isBeingDeleted else {
            return .done
        }
        switch backup.phase {
        case .readyToStart: try await start(backup)
        case .inProgress: try await endAbandoned(backup)
        default: break
        }
        return .done
    }

    // MARK: Beginning

    private func start(_ backup: Backup) async throws {
        let preparation = try await prepare(backup)
        let time = context.now()
        let begun = try await context.update(Backup.self, backup.key) { current in
            guard current.phase == .readyToStart else { return false }
            current.object["spec"] = preparation.backup.object["spec"]
            current.metadata.labels = preparation.backup.metadata.labels
            current.metadata.annotations = preparation.backup.metadata.annotations
            current.version = preparation.backup.version
            current.formatVersion = preparation.backup.formatVersion
            current.expiration = preparation.backup.expiration
            current.validationErrors = preparation.problems.isEmpty ? nil : preparation.problems
            current.phase = preparation.problems.isEmpty ? .inProgress : .failedValidation
            if preparation.problems.isEmpty { current.startTimestamp = time }
            return true
        }
        guard let begun else { return }
        let schedule = BackupMetrics.schedule(of: begun)
        guard begun.phase == .inProgress else {
            context.metrics.counter(VeleroMetric.backupValidationFailures, schedule).add()
            let message = preparation.problems.joined(separator: "; ")
            context.events.record(begun.object, .warning, reason: "FailedValidation", message: message)
            context.logger.warning(
                "a backup was refused",
                metadata: ["backup": "\(begun.key)", "reason": "\(message)"]
            )
            return
        }
        context.metrics.counter(VeleroMetric.backupAttempts, schedule).add()
        context.logger.info("a backup begins", metadata: ["backup": "\(begun.key)"])
        try await run(begun, preparation.policy)
    }

    private struct Preparation: Sendable {
        var backup: Backup
        var problems: [String]
        var policy: ResourcePolicy?
    }

    private func prepare(_ backup: Backup) async throws -> Preparation {
        let client = context.client
        let locations = try await client.list(BackupStorageLocation.self, namespace: context.settings.namespace)
        var surroundings = BackupPreparation.Surroundings(locations: locations, now: context.now())
        let excluded = LabelSelector(matching: [VeleroLabel.excludeFromBackup: "true"])
        surroundings.excludedNamespaces = try await client.list(
            Namespace.self,
            namespace: nil,
            options: ListOptions(labels: excluded)
        ).map(\.name)
        var policy: ResourcePolicy?
        do {
            policy = try await PolicySource(client: client, namespace: context.settings.namespace).policy(of: backup)
            surroundings.policy = policy?.lists ?? ResourcePolicy.Lists()
        } catch let error as PolicyProblem {
            surroundings.policyProblem = error.description
        }
        var prepared = backup
        let problems = BackupPreparation.prepare(&prepared, surroundings, defaults: context.settings.backupDefaults)
        let version = try await client.serverVersion()
        prepared.metadata[annotation: "velero.io/source-cluster-k8s-gitversion"] = version
        let numbers = version.drop { !$0.isNumber }.split(separator: ".")
        for (name, number) in zip(["major", "minor"], numbers) {
            prepared.metadata[annotation: "velero.io/source-cluster-k8s-\(name)-version"] = String(number)
        }
        return Preparation(backup: prepared, problems: problems, policy: policy)
    }

    // MARK: Running

    private func run(_ backup: Backup, _ policy: ResourcePolicy?) async throws {
        let journal = try BackupJournal(backup.key, logger: context.logger, now: context.now)
        let volumes = RunVolumes(context, backup)
        let stopwatch = Stopwatch(clock: context.clock)
        var failure: String?
        do {
            let end = try await perform(backup, policy, journal, volumes)
            try await withCancellationShield(timeout: Self.farewellTime * 3, clock: context.clock) {
                try await write(end, of: backup)
            }
            BackupMetrics.note(
                end.backup,
                end.content,
                after: stopwatch.elapsed,
                in: context.metrics,
                at: context.now()
            )
            let phase = end.backup.phase
            context.events.record(
                backup.object,
                phase == .completed ? .normal : .warning,
                reason: phase.text,
                message:
                    "\(end.content.itemCount) items backed up, \(end.backup.warnings ?? 0) warnings, \(end.backup.errors ?? 0) errors"
            )
            context.logger.info("a backup ended", metadata: ["backup": "\(backup.key)", "phase": "\(phase)"])
            return
        } catch is BackupGone {
            context.logger.info("a backup was deleted while it was under way", metadata: ["backup": "\(backup.key)"])
            try await volumes.cancelAll("the backup was deleted")
            return
        } catch {
            failure = Task.isCancelled ? "the server ended while the backup was under way" : "\(error)"
        }
        let reason = failure ?? ""
        BackupMetrics.noteFailure(of: backup, in: context.metrics)
        context.logger.error("a backup failed", metadata: ["backup": "\(backup.key)", "error": "\(reason)"])
        try await withCancellationShield(timeout: Self.farewellTime, clock: context.clock) {
            try await fail(backup, reason, volumes.all)
        }
        try Task.checkCancellation()
    }

    /// How a backup that was carried through ended.
    struct End: Sendable {
        var backup: Backup
        var content: BackupRun.Content
    }

    private func perform(
        _ backup: Backup,
        _ policy: ResourcePolicy?,
        _ journal: BackupJournal,
        _ volumes: RunVolumes
    ) async throws -> End {
        try await parts.stores.withStore(of: backup.storageLocation ?? "") { bucket in
            try await requireAbsent(backup, bucket)
            let uid = backup.metadata.uid
            let key = backup.key
            let subject = try BackupSubject(
                backup,
                kinds: ServedKinds(try await context.client.discover()),
                policy: policy
            ) { [store] in
                // A store that does not know the backup yet says nothing.
                store[key].map { $0.metadata.uid != uid || $0.metadata.isBeingDeleted } ?? store.isSynced
            }
            let run = BackupRun(
                context: context,
                parts: parts,
                subject: subject,
                journal: journal,
                source: ClusterObjects(client: context.client, clock: context.clock),
                volumes: volumes
            )
            do {
                let content = try await run.perform(bucket)
                // The watch may be behind.
                guard try await context.client.get(Backup.self, key)?.metadata.uid == uid else { throw BackupGone() }
                let ended = self.ended(backup, content, journal.results)
                try await run.store(content, ended, in: bucket)
                return End(backup: ended, content: content)
            } catch is BackupGone {
                try await run.removeAll(from: bucket)
                throw BackupGone()
            } catch {
                try await storeFailure(run, "\(error)", in: bucket)
                throw error
            }
        }
    }

    private func requireAbsent(_ backup: Backup, _ bucket: any ObjectStorage) async throws {
        do {
            _ = try await bucket.stat(BackupObjectKey(backup.name).metadata)
        } catch let error as StorageError {
            if error.code == .notFound { return }
            throw BackupFailure("error checking if backup already exists in object storage: \(error)")
        }
        throw BackupFailure("backup already exists in object storage")
    }

    /// Keeps the log of a failed backup if the bucket can be reached.
    private func storeFailure(_ run: BackupRun, _ reason: String, in bucket: any ObjectStorage) async throws {
        run.journal.error(.init("backup failed", error: reason))
        do {
            // A server that is told to end has little time.
            let limit = Task.isCancelled ? Self.farewellTime / 4 : Self.farewellTime * 3
            try await withCancellationShield(timeout: limit, clock: context.clock) {
                try await run.storeFailure(in: bucket)
            }
        } catch {
            context.logger.warning(
                "the log of a failed backup cannot be stored",
                metadata: ["backup": "\(run.subject.backup.key)", "error": "\(error)"]
            )
        }
    }

    // MARK: Ending

    private func ended(_ backup: Backup, _ content: BackupRun.Content, _ results: BackupResults) -> Backup {
        var backup = backup
        backup.phase = results.errorCount > 0 ? .partiallyFailed : .completed
        backup.completionTimestamp = context.now()
        backup.totalItems = content.itemCount
        backup.itemsBackedUp = content.itemCount
        backup.warnings = results.warningCount > 0 ? results.warningCount : nil
        backup.errors = results.errorCount > 0 ? results.errorCount : nil
        if content.hooks.attempted > 0 {
            backup.hooksAttempted = content.hooks.attempted
            backup.hooksFailed = content.hooks.failed
        }
        return backup
    }

    /// Tells the API server; tries for a while, since what is in the bucket is complete.
    private func write(_ end: End, of backup: Backup) async throws {
        let uid = backup.metadata.uid
        for attempt in 1... {
            do {
                _ = try await context.update(Backup.self, backup.key) { current in
                    guard current.metadata.uid == uid, current.phase == .inProgress else { return false }
                    current.object["status"] = end.backup.object["status"]
                    return true
                }
                return
            } catch let error as KubeError {
                guard attempt < 10 else { throw error }
                try await context.clock.sleep(for: .seconds(attempt * 2))
            }
        }
    }

    private func fail(_ backup: Backup, _ reason: String, _ volumes: [PodVolumeBackup]) async throws {
        let time = context.now()
        let uid = backup.metadata.uid
        _ = try await context.update(Backup.self, backup.key) { current in
            guard current.metadata.uid == uid, current.phase == .inProgress else { return false }
            current.phase = .failed
            current.failureReason = reason
            current.completionTimestamp = time
            return true
        }
        context.events.record(backup.object, .warning, reason: BackupPhase.failed.text, message: reason)
        try await RunVolumes.cancel(volumes, "the backup failed: \(reason)", context)
    }

    /// Ends a backup that a server began which is no more.
    private func endAbandoned(_ backup: Backup) async throws {
        let reason = "found a backup with status \"InProgress\" during the server starting, mark it as \"Failed\""
        let selector = LabelSelector(matching: [VeleroLabel.backupUID: backup.metadata.uid ?? ""])
        let volumes = try await context.client.list(
            PodVolumeBackup.self,
            namespace: backup.namespace,
            options: ListOptions(labels: selector)
        )
        BackupMetrics.noteFailure(of: backup, in: context.metrics)
        try await fail(backup, reason, volumes)
    }
}

/// What keeps a backup from being made.
struct BackupFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
