// SPDX-License-Identifier: Apache-2.0

import KubeModel
import LocationAccess
import ResticFormat
import Testing
import VeleroAPI

@testable import BackupControllers

@Suite struct MaintenancePlanTests {
    private let now = KubeTime(seconds: 1_000_000)

    private func repository(lastRun seconds: Int64?, frequency: String = "1h0m0s") -> BackupRepository {
        var repository = BackupRepository(for: "shop", in: "default", of: "velero", name: "shop")
        repository.phase = .ready
        repository.maintenanceFrequency = GoDuration(parsing: frequency)
        repository.lastMaintenanceTime = seconds.map { KubeTime(seconds: 1_000_000 - $0) }
        return repository
    }

    private func pause(_ repository: BackupRepository, lastFailure: KubeTime? = nil) -> Duration? {
        MaintenancePlan.pause(repository, frequency: .seconds(168 * 3600), lastFailure: lastFailure, now: now)
    }

    @Test func `it is due when the frequency has passed since the last run`() {
        #expect(pause(repository(lastRun: 600)) == .seconds(3000))
        #expect(pause(repository(lastRun: 3600)) == .zero)
        #expect(pause(repository(lastRun: 600, frequency: "0s")) == .seconds(168 * 3600 - 600))
        #expect(pause(repository(lastRun: 600, frequency: "-1s")) == nil)
    }

    @Test func `only ready ones are maintained`() {
        var repository = repository(lastRun: 3600)
        repository.phase = .notReady
        #expect(pause(repository) == nil)
        repository.phase = .ready
        repository.repositoryType = .kopia
        #expect(pause(repository) == nil)
    }

    @Test func `after a failure it rests, also when the server was started in between`() {
        let due = repository(lastRun: 7200)
        #expect(pause(due, lastFailure: KubeTime(seconds: 1_000_000 - 60)) == .seconds(29 * 60))
        var failed = due
        let end = KubeTime(seconds: 1_000_000 - 60)
        MaintenancePlan.record(&failed, start: now, end: end, problem: "locked")
        #expect(pause(failed) == .seconds(29 * 60))
        #expect(failed.message == "locked" && failed.phase == .ready)
        #expect(failed.lastMaintenanceTime == due.lastMaintenanceTime)
    }

    @Test func `the status keeps the latest runs and forgets what an earlier one said`() throws {
        var repository = repository(lastRun: nil)
        for minute in 0..<5 {
            let time = KubeTime(seconds: Int64(minute) * 60)
            MaintenancePlan.record(&repository, start: time, end: time, problem: minute == 3 ? "locked" : nil)
        }
        let runs = try #require(repository.recentMaintenance)
        #expect(runs.map { $0["result"]?.string } == ["Succeeded", "Failed", "Succeeded"])
        #expect(runs[1]["message"]?.string == "locked" && runs[0]["message"] == nil)
        #expect(repository.message == nil)
        #expect(repository.lastMaintenanceTime == KubeTime(seconds: 240))
    }

    @Test func `a kind without history gets none`() {
        var old = ResticRepository(for: "shop", in: "default", of: "velero", name: "shop")
        MaintenancePlan.record(&old, start: now, end: now, problem: nil)
        #expect(old["status", "recentMaintenance"] == nil && old.lastMaintenanceTime == now)
    }

    @Test func `an index that would not fit is refused before it is loaded`() throws {
        try IndexMemory.requireFits(indexByteCount: 1 << 30, version: .v2, limit: nil)
        try IndexMemory.requireFits(indexByteCount: 1 << 20, version: .v2, limit: 256 << 20)
        let error = #expect(throws: LocationError.self) {
            try IndexMemory.requireFits(indexByteCount: 200 << 20, version: .v2, limit: 256 << 20)
        }
        #expect(error?.description.contains("the limit is 256 MiB") == true)
        // The same bytes of a repository without compression hold far fewer blobs.
        try IndexMemory.requireFits(indexByteCount: 200 << 20, version: .v1, limit: 256 << 20)
    }
}
