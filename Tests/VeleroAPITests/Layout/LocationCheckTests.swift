// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import VeleroAPI

@Suite struct LocationCheckTests {
    private let now = KubeTime(seconds: 1_769_860_800)

    private func location(_ change: (inout BackupStorageLocation) -> Void = { _ in }) -> BackupStorageLocation {
        var location = BackupStorageLocation(name: "default", namespace: "velero")
        location.phase = .available
        location.lastValidationTime = now.advanced(by: .seconds(-40))
        change(&location)
        return location
    }

    private func pause(_ location: BackupStorageLocation, isChanged: Bool = false) -> Duration? {
        LocationCheck.pause(location, frequency: .seconds(60), isChanged: isChanged, now: now)
    }

    @Test func `a location is looked at when it is new, changed or due`() {
        #expect(pause(location()) == .seconds(20))
        #expect(pause(location { $0.phase = nil }) == .zero)
        #expect(pause(location { $0.lastValidationTime = nil }) == .zero)
        #expect(pause(location(), isChanged: true) == .zero)
        #expect(pause(location { $0.validationFrequency = GoDuration(.seconds(30)) }) == .zero)
        #expect(pause(location { $0.validationFrequency = GoDuration(.seconds(-1)) }) == .seconds(20))
        #expect(pause(location { $0.validationFrequency = GoDuration(.zero) }) == nil)
        #expect(pause(location { $0.lastValidationTime = now.advanced(by: .seconds(86_400)) }) == .seconds(60))
    }

    @Test func `of several defaults the newest stays`() {
        func made(_ name: String, _ time: String, isDefault: Bool = true) -> BackupStorageLocation {
            var location = BackupStorageLocation(name: name, namespace: "velero")
            location.object.fields["metadata"]?["creationTimestamp"] = .string(time)
            location.isDefault = isDefault
            return location
        }
        let all = [
            made("a", "2026-01-01T00:00:00Z"), made("c", "2026-01-02T00:00:00Z"), made("b", "2026-01-02T00:00:00Z"),
            made("z", "2026-01-03T00:00:00Z", isDefault: false),
        ]
        #expect(LocationCheck.defaultName(among: all) == "b")
        #expect(LocationCheck.defaultName(among: [all[3]]) == nil)
    }

    @Test func `a bucket with folders of others is no location`() {
        #expect(LocationLayout.problem(folders: ["backups", "restic", "kopia", "plugins"]) == nil)
        #expect(
            LocationLayout.problem(folders: ["x", "backups", "a"])
                == "Backup store contains invalid top-level directories: [a x]"
        )
        #expect(
            LocationLayout.problem(folders: ["d", "c", "b", "a\u{1B}[2J"])
                == "Backup store contains 4 invalid top-level directories: [a?[2J b c ...]"
        )
    }
}
