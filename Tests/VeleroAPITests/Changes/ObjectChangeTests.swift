// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct ObjectChangeTests {
    private let time = KubeTime(seconds: 1_769_000_000)

    private func patch(_ change: (inout PodVolumeBackup) -> Void, isGuarded: Bool = false) -> JSONValue? {
        var old = PodVolumeBackup(name: "b", namespace: "velero")
        old.metadata.resourceVersion = "17"
        old.object["status"] = ["unknown": [1], "progress": ["totalBytes": 10]]
        var new = old
        change(&new)
        guard case .merge(let value) = new.patch(from: old, isGuarded: isGuarded) else { return nil }
        return value
    }

    @Test func `a patch holds what changed and nothing else`() {
        #expect(patch { _ in } == nil)
        #expect(
            patch { $0.begin(at: time) } == [
                "status": ["phase": "InProgress", "startTimestamp": .string(time.description)]
            ]
        )
        #expect(patch { $0.report(bytesDone: 5, totalBytes: 10) } == ["status": ["progress": ["bytesDone": 5]]])
        #expect(
            patch({ $0.begin(at: time) }, isGuarded: true)?[["metadata", "resourceVersion"]] == "17"
        )
    }

    @Test func `the total never falls below what is done`() {
        #expect(
            patch { $0.report(bytesDone: 12, totalBytes: 10) }
                == ["status": ["progress": ["bytesDone": 12, "totalBytes": 12]]]
        )
    }

    @Test func `a resumed one keeps its start`() {
        var backup = PodVolumeBackup(name: "b")
        backup.begin(at: time)
        backup.begin(at: time.advanced(by: .seconds(60)))
        #expect(backup.startTimestamp == time)
    }

    @Test func `ends are written as Velero writes them`() {
        let end = time.advanced(by: .seconds(5))
        var backup = PodVolumeBackup(name: "b")
        backup.begin(at: time)
        backup.object["status", "message"] = "earlier trouble"
        backup.complete(snapshotID: "0123abcd", byteCount: 100, newByteCount: 7, digest: "d", at: end)
        #expect(
            backup.object["status"]
                == [
                    "phase": "Completed", "startTimestamp": .string(time.description),
                    "completionTimestamp": .string(end.description), "snapshotID": "0123abcd", "incrementalBytes": 7,
                    "volumeDigest": "d", "progress": ["bytesDone": 100, "totalBytes": 100],
                ]
        )
        var empty = PodVolumeBackup(name: "b")
        empty.completeEmpty(at: end)
        #expect(empty.message == "volume was empty so no snapshot was taken")
        #expect(empty.phase == .completed && empty.snapshotID == nil)
        var restore = PodVolumeRestore(name: "r")
        restore.finish(.failed, message: "no", at: end)
        #expect(restore.phase == .failed && restore.message == "no" && restore.completionTimestamp == end)
    }
}
