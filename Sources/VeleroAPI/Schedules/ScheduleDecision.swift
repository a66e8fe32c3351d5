// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// What is done next with a schedule; decides only.
package enum ScheduleStep: Equatable, Sendable {
    /// Refused, for these reasons.
    case refuse([String])
    /// Nothing to do for so long; nil for as long as nothing changes.
    case wait(Duration?)
    /// The first backup waits for its next time.
    case skip
    /// A backup is due, and was so first at that moment.
    case run(due: KubeTime)
}

extension Schedule {
    /// What is done next.
    ///
    /// - Parameters:
    ///   - zone: The rules of the zone of that name, or of the server's own (nil); nil if there is no such zone.
    ///   - skipsImmediately: Whether the first backup of schedules that do not say otherwise waits.
    ///   - origin: Counts instead of the last backup's time when the clock was set back behind it.
    package func step(
        now: KubeTime,
        skipsImmediately: Bool,
        origin: KubeTime? = nil,
        zone: (String?) -> TimeZoneRules?
    ) -> ScheduleStep {
        let cron: CronSchedule
        let rules: TimeZoneRules
        switch Self.read(self.schedule ?? "", zone) {
        case .failure(let problem): return .refuse([problem.description])
        case .success(let read): (cron, rules) = read
        }
        let problems = BackupTemplate.problems(self.template ?? JSONObject())
        guard problems.isEmpty else { return .refuse(problems) }
        guard self.paused != true else { return .wait(nil) }
        if self.skipImmediately ?? (skipsImmediately && self.lastBackup == nil && self.lastSkipped == nil) {
            return .skip
        }
        let reference = origin ?? self.reference ?? now
        guard let due = cron.next(after: reference, in: rules) else { return .wait(nil) }
        return due <= now ? .run(due: due) : .wait(now.duration(to: due))
    }

    /// The zone its text names; nil if it names none or cannot be read.
    @inline(never)
    package var zoneName: String? {
        do {
            return try CronSchedule(parsing: self.schedule ?? "").zoneName
        } catch {
            return nil
        }
    }

    /// From when on the next backup is reckoned: the last one, or the schedule's creation, or the last that was left out.
    package var reference: KubeTime? {
        let last = self.lastBackup ?? metadata.creationTimestamp
        guard let skipped = self.lastSkipped else { return last }
        return last.map { max($0, skipped) } ?? skipped
    }

    private static func read(
        _ text: String,
        _ zone: (String?) -> TimeZoneRules?
    ) -> Result<(CronSchedule, TimeZoneRules), CronError> {
        guard !text.isEmpty else { return .failure(CronError("Schedule must be a non-empty valid Cron expression")) }
        let cron: CronSchedule
        do {
            cron = try CronSchedule(parsing: text)
        } catch {
            return .failure(CronError("invalid schedule: \(error.description)"))
        }
        guard let rules = zone(cron.zoneName) else {
            return .failure(
                CronError("invalid schedule: provided bad location \(cron.zoneName ?? ""): unknown time zone")
            )
        }
        return .success((cron, rules))
    }

    /// The backup to make now.
    ///
    /// - Parameter due: When it was due, noted in it: who finds it there makes no second one.
    package func backup(at now: KubeTime, due: KubeTime) -> Backup {
        var backup = Backup(name: ObjectName.timed(name, at: now), namespace: namespace)
        backup["spec"] = .object(self.template ?? JSONObject())
        let own = backup.scheduledLabels ?? [:]
        backup.metadata.labels = own.isEmpty ? metadata.labels : own
        backup.metadata[label: VeleroLabel.scheduleName] = ObjectName.labelValue(name)
        backup.metadata.annotations = metadata.annotations.filter { $0.key != VeleroAnnotation.lastApplied }
        backup.metadata[annotation: VeleroAnnotation.scheduledFor] = due.description
        if self.useOwnerReferencesInBackup == true {
            backup.metadata.ownerReferences = [OwnerReference(object, isController: true)]
        }
        return backup
    }
}
