// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import VeleroAPI

@Suite struct ScheduleStepTests {
    private let now = KubeTime(seconds: 1_769_860_800)  // 2026-01-31T12:00:00Z

    private func schedule(_ change: (inout Schedule) -> Void = { _ in }) -> Schedule {
        var schedule = Schedule(name: "daily", namespace: "velero")
        schedule.object.fields["metadata"]?["creationTimestamp"] = "2026-01-31T00:00:00Z"
        schedule.schedule = "0 7 * * *"
        schedule.template = ["ttl": "1h0m0s"]
        change(&schedule)
        return schedule
    }

    private func step(_ schedule: Schedule, skips: Bool = false, origin: KubeTime? = nil) -> ScheduleStep {
        schedule.step(now: now, skipsImmediately: skips, origin: origin) { $0 == "Nowhere/Land" ? nil : .utc }
    }

    @Test func `due since the last backup, the creation, or what was left out`() throws {
        #expect(step(schedule()) == .run(due: try #require(KubeTime(parsing: "2026-01-31T07:00:00Z"))))
        let done = schedule { $0.lastBackup = KubeTime(parsing: "2026-01-31T07:00:03Z") }
        #expect(step(done) == .wait(.seconds(19 * 3600)))
        let skipped = schedule { $0.lastSkipped = KubeTime(parsing: "2026-01-31T08:00:00Z") }
        #expect(step(skipped) == .wait(.seconds(19 * 3600)))
    }

    @Test func `a server that was down for days makes one backup, not one for each`() throws {
        let old = schedule { $0.lastBackup = KubeTime(parsing: "2026-01-20T07:00:00Z") }
        #expect(step(old) == .run(due: try #require(KubeTime(parsing: "2026-01-21T07:00:00Z"))))
        let after = schedule { $0.lastBackup = now }
        #expect(step(after) == .wait(.seconds(19 * 3600)))
    }

    @Test func `paused, left out at first, and refused`() {
        #expect(step(schedule { $0.paused = true }) == .wait(nil))
        #expect(step(schedule { $0.skipImmediately = true }) == .skip)
        #expect(step(schedule(), skips: true) == .skip)
        #expect(step(schedule { $0.skipImmediately = false }, skips: true) != .skip)
        #expect(step(schedule { $0.schedule = "" }) == .refuse(["Schedule must be a non-empty valid Cron expression"]))
        for text in ["* * *", "TZ=Nowhere/Land 0 0 * * *"] {
            guard case .refuse(let problems) = step(schedule { $0.schedule = text }) else {
                Issue.record("\(text) is taken")
                continue
            }
            #expect(problems.count == 1 && problems[0].hasPrefix("invalid schedule: "))
        }
        let contradiction = schedule { $0.template = ["includedNamespaces": ["a"], "excludedNamespaces": ["a", "*"]] }
        guard case .refuse(let problems) = step(contradiction) else {
            Issue.record("a contradiction is taken")
            return
        }
        #expect(problems.count == 2)
    }

    @Test func `a last backup in the future does not end all backups`() {
        let ahead = schedule { $0.lastBackup = KubeTime(parsing: "2030-01-01T00:00:00Z") }
        #expect(step(ahead, origin: now) == .wait(.seconds(19 * 3600)))
    }

    @Test func `a backup takes labels, annotations and owner from its schedule`() throws {
        var made = schedule {
            $0.metadata.labels = ["team": "a"]
            $0.metadata.annotations = [
                "note": "n", "kubectl.kubernetes.io/last-applied-configuration": "{}",
            ]
            $0.useOwnerReferencesInBackup = true
            $0.metadata.uid = "u1"
        }
        let due = try #require(KubeTime(parsing: "2026-01-31T07:00:00Z"))
        let backup = made.backup(at: now, due: due)
        #expect(backup.name == "daily-20260131120000" && backup.namespace == "velero")
        #expect(backup.metadata.labels == ["team": "a", "velero.io/schedule-name": "daily"])
        #expect(
            backup.metadata.annotations == ["note": "n", "velero.io/scheduled-for": "2026-01-31T07:00:00Z"]
        )
        #expect(backup.metadata.controller?.uid == "u1" && backup.ttl == GoDuration(parsing: "1h"))
        made.template = ["metadata": ["labels": ["own": "l"]]]
        #expect(
            made.backup(at: now, due: due).metadata.labels == ["own": "l", "velero.io/schedule-name": "daily"]
        )
    }
}
