// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import VeleroAPI

/// Makes the backups of schedules when they are due, each once.
///
/// What makes them single is noted in them: the moment they were due. A server that ended between making a backup and noting it in the
/// schedule finds it there.
struct ScheduleController: Sendable {
    let context: ControllerContext
    let store: ObjectStore
    private let zones: TimeZones
    /// Where reckoning began for schedules whose last backup lies in the future, since the clock was set back.
    private let origins = Remembered<[ObjectKey: KubeTime]>([:])

    /// Longest time without a look, lest a clock that was changed goes unnoticed.
    private static let lookInterval: Duration = .seconds(60)

    init(_ context: ControllerContext, store: ObjectStore, zones: TimeZones = TimeZones()) {
        self.context = context
        self.store = store
        self.zones = zones
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        guard let schedule = store.get(Schedule.self, key), !schedule.metadata.isBeingDeleted else {
            origins.update { $0[key] = nil }
            return .done
        }
        switch try await step(schedule) {
        case .refuse(let problems):
            try await refuse(schedule, problems)
            return .done
        case .wait(let pause):
            try await enable(schedule)
            return pause.map { .again(after: min($0, Self.lookInterval)) } ?? .done
        case .skip:
            try await skip(schedule)
            return .again(after: .seconds(1))
        case .run:
            try await enable(schedule)
            return try await run(key)
        }
    }

    private func step(_ schedule: Schedule) async throws -> ScheduleStep {
        let name = schedule.zoneName ?? context.settings.zoneName
        let rules = try await zones.rules(name)
        let now = context.now()
        return schedule.step(
            now: now,
            skipsImmediately: context.settings.schedulesSkipImmediately,
            origin: origin(schedule, now),
            zone: { _ in rules }
        )
    }

    private func origin(_ schedule: Schedule, _ now: KubeTime) -> KubeTime? {
        let isAhead = schedule.reference.map { $0 > now.advanced(by: .seconds(5)) } ?? false
        return origins.update { origins in
            origins[schedule.key] = isAhead ? origins[schedule.key].map { min($0, now) } ?? now : nil
            return origins[schedule.key]
        }
    }

    // MARK: Running

    private func run(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        // The store may not know yet what the last run wrote.
        guard let schedule = try await context.client.get(Schedule.self, key),
            case .run(let due) = try await step(schedule)
        else { return .again(after: .seconds(1)) }
        let selector = LabelSelector(matching: [VeleroLabel.scheduleName: ObjectName.labelValue(schedule.name)])
        let backups = try await context.client.list(
            Backup.self,
            namespace: context.settings.namespace,
            options: ListOptions(labels: selector)
        )
        if let made = backups.first(where: { $0.metadata[annotation: VeleroAnnotation.scheduledFor] == due.description }
        ) {
            try await note(schedule, at: made.metadata.creationTimestamp ?? context.now())
            return .again(after: .seconds(1))
        }
        if let busy = backups.first(where: { $0.phase.isWaitingOrRunning }) {
            context.logger.debug(
                "a schedule waits for its last backup",
                metadata: ["schedule": "\(schedule.name)", "backup.name": "\(busy.name)"]
            )
            return .again(after: Self.lookInterval)
        }
        let now = context.now()
        do {
            let made = try await context.client.create(schedule.backup(at: now, due: due))
            context.events.record(
                schedule.object,
                .normal,
                reason: "BackupCreated",
                message: "made backup \(made.name)"
            )
            context.logger.info(
                "made a schedule's backup",
                metadata: ["schedule": "\(schedule.name)", "backup.name": "\(made.name)"]
            )
        } catch let error as KubeError {
            // Somebody else's of this second; the next second has another name.
            guard error.code == .alreadyExists else { throw error }
            return .again(after: .seconds(1))
        }
        try await note(schedule, at: now)
        return .again(after: .seconds(1))
    }

    private func note(_ schedule: Schedule, at time: KubeTime) async throws {
        _ = try await context.update(Schedule.self, schedule.key) { schedule in
            schedule.lastBackup = time
            Self.enable(&schedule)
            return true
        }
    }

    // MARK: Status

    private func skip(_ schedule: Schedule) async throws {
        let now = context.now()
        let standard = context.settings.schedulesSkipImmediately
        _ = try await context.update(Schedule.self, schedule.key) { schedule in
            let isUntouched = standard && schedule.lastBackup == nil && schedule.lastSkipped == nil
            guard schedule.skipImmediately ?? isUntouched else { return false }
            schedule.skipImmediately = false
            schedule.lastSkipped = now
            Self.enable(&schedule)
            return true
        }
    }

    private func enable(_ schedule: Schedule) async throws {
        guard schedule.phase != .enabled || schedule.validationErrors?.isEmpty == false else { return }
        _ = try await context.update(Schedule.self, schedule.key) { schedule in
            Self.enable(&schedule)
            return true
        }
    }

    private static func enable(_ schedule: inout Schedule) {
        schedule.phase = .enabled
        schedule.validationErrors = nil
    }

    private func refuse(_ schedule: Schedule, _ problems: [String]) async throws {
        guard schedule.phase != .failedValidation || schedule.validationErrors != problems else { return }
        _ = try await context.update(Schedule.self, schedule.key) { schedule in
            schedule.phase = .failedValidation
            schedule.validationErrors = problems
            return true
        }
        context.events.record(
            schedule.object,
            .warning,
            reason: "FailedValidation",
            message: problems.joined(separator: "; ")
        )
        context.logger.warning(
            "a schedule is refused",
            metadata: ["schedule": "\(schedule.name)", "error": "\(problems.joined(separator: "; "))"]
        )
    }
}
