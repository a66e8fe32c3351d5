// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import Synchronization
import Telemetry
import TestSupport
import Testing
import VeleroAPI

@testable import BackupControllers

/// A clock that tests set.
private final class SettableTime: Sendable {
    private let time: Mutex<KubeTime>

    init(_ text: String) { time = Mutex(KubeTime(parsing: text) ?? KubeTime(seconds: 0)) }

    func set(_ text: String) { time.withLock { $0 = KubeTime(parsing: text) ?? $0 } }

    var now: @Sendable () -> KubeTime { { self.time.withLock { $0 } } }
}

/// Schedules against a real API server, by a clock of the test.
@Suite(.controlPlane, .tags(.integration), .serialized, .timeLimit(.minutes(5)))
struct ScheduleControllerTests {
    private func make(_ rig: ServerRig, _ change: (inout Schedule) -> Void = { _ in }) async throws -> ObjectKey {
        var schedule = Schedule(name: "daily", namespace: rig.namespace)
        schedule.schedule = "CRON_TZ=Europe/Berlin 0 7 * * *"
        schedule.template = ["ttl": "48h0m0s", "includedNamespaces": ["shop"]]
        change(&schedule)
        return try await rig.client.create(schedule).key
    }

    private func backups(_ rig: ServerRig) async throws -> [Backup] {
        try await rig.client.list(Backup.self, namespace: rig.namespace).sorted { $0.name < $1.name }
    }

    /// Has the controller look at a schedule now.
    private func touch(_ rig: ServerRig, _ key: ObjectKey, _ word: String) async throws {
        let change: JSONValue = ["metadata": ["annotations": ["touched": .string(word)]]]
        _ = try await rig.client.patch(Schedule.self, key, .merge(change))
    }

    @Test func `a backup is made when it is due, one at a time, and none twice`() async throws {
        let time = SettableTime("2030-01-01T05:00:00Z")
        try await ServerRig.with("scheduled", now: time.now) { rig in
            // What the API server calls the creation is the time of this machine; a last backup stands in for it.
            let key = try await make(rig) { $0.lastBackup = KubeTime(parsing: "2029-12-31T06:00:00Z") }
            let enabled = try await rig.wait(Schedule.self, key) { $0.phase == .enabled }
            #expect(enabled.lastBackup == KubeTime(parsing: "2029-12-31T06:00:00Z"))
            #expect(try await backups(rig).isEmpty)
            // Seven in Berlin is six in Greenwich.
            time.set("2030-01-01T06:00:30Z")
            try await touch(rig, key, "due")
            _ = try await rig.wait(Schedule.self, key) { $0.lastBackup == KubeTime(parsing: "2030-01-01T06:00:30Z") }
            let first = try #require(try await backups(rig).first)
            #expect(first.name == "daily-20300101060030" && first.includedNamespaces == ["shop"])
            #expect(first.metadata[label: VeleroLabel.scheduleName] == "daily")

            // A server that ended before it noted the backup finds it.
            let forgotten: JSONValue = ["status": ["lastBackup": "2029-12-31T06:00:00Z"]]
            _ = try await rig.client.patch(Schedule.self, key, .merge(forgotten))
            let noted = try await rig.wait(Schedule.self, key) {
                $0.lastBackup != nil && $0.lastBackup != KubeTime(parsing: "2029-12-31T06:00:00Z")
            }
            #expect(noted.lastBackup == first.metadata.creationTimestamp)
            #expect(try await backups(rig).count == 1)
        }
    }

    /// Runs `body` with the controller alone: the one of backups would end a Backup that nobody carries out.
    private func alone(
        _ rig: ServerRig,
        _ time: SettableTime,
        _ body: (ScheduleController) async throws -> Void
    ) async throws {
        let context = ControllerContext(
            settings: ControllerSettings(namespace: rig.namespace),
            client: rig.client,
            repositories: rig.repositories(),
            events: EventRecorder(client: rig.client, component: "velero", host: ""),
            metrics: MetricRegistry(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: ContinuousClock(),
            now: time.now
        )
        let store = ObjectStore()
        let reflector = Reflector(
            Reflector.Configuration(Schedule.resourceType, namespace: rig.namespace),
            client: rig.client,
            store: store,
            report: { _ in },
            onChange: { _ in }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await reflector.run() }
            try await store.waitUntilSynced()
            try await body(ScheduleController(context, store: store))
            group.cancelAll()
        }
    }

    @Test func `the next waits for the last, and a day later there is one for both`() async throws {
        let time = SettableTime("2030-01-02T12:00:00Z")
        try await ServerRig.with("waiting", now: time.now) { rig in
            await rig.stopServer()
            var running = Backup(name: "daily-20300101060000", namespace: rig.namespace)
            running.metadata.labels = [VeleroLabel.scheduleName: "daily"]
            running["spec"] = [:]
            running.phase = .inProgress
            _ = try await rig.client.create(running)
            let key = try await make(rig) { $0.lastBackup = KubeTime(parsing: "2030-01-01T06:00:00Z") }
            try await alone(rig, time) { controller in
                #expect(try await controller.reconcile(key) == .again(after: .seconds(60)))
                #expect(try await backups(rig).count == 1)
                let ended: JSONValue = ["status": ["phase": "Completed"]]
                _ = try await rig.client.patch(Backup.self, running.key, .merge(ended))
                time.set("2030-01-03T12:00:00Z")
                #expect(try await controller.reconcile(key) == .again(after: .seconds(1)))
                #expect(try await backups(rig).map(\.name) == ["daily-20300101060000", "daily-20300103120000"])
                let noted = try await rig.client.get(Schedule.self, key)
                #expect(noted?.lastBackup == KubeTime(parsing: "2030-01-03T12:00:00Z"))
            }
        }
    }

    @Test func `left out at first, paused, refused, and right again`() async throws {
        let time = SettableTime("2030-01-01T12:00:00Z")
        try await ServerRig.with("skipped", now: time.now) { rig in
            let key = try await make(rig) { $0.skipImmediately = true }
            let skipped = try await rig.wait(Schedule.self, key) { $0.lastSkipped != nil }
            #expect(skipped.skipImmediately == false && skipped.phase == .enabled)
            _ = try await rig.client.patch(Schedule.self, key, .merge(["spec": ["schedule": "7 o'clock"]]))
            let refused = try await rig.wait(Schedule.self, key) { $0.phase == .failedValidation }
            #expect(refused.validationErrors?.first?.hasPrefix("invalid schedule: ") == true)
            time.set("2030-01-05T12:00:00Z")
            _ = try await rig.client.patch(
                Schedule.self,
                key,
                .merge(["spec": ["schedule": "@daily", "paused": true]])
            )
            let paused = try await rig.wait(Schedule.self, key) { $0.phase == .enabled }
            #expect(paused.validationErrors == nil)
            #expect(try await backups(rig).isEmpty)
            _ = try await rig.client.patch(Schedule.self, key, .merge(["spec": ["paused": false]]))
            _ = try await rig.wait(Schedule.self, key) { $0.lastBackup != nil }
            #expect(try await backups(rig).map(\.name) == ["daily-20300105120000"])
        }
    }
}
