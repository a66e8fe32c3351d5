// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct ObjectNameTests {
    @Test func `a label value is the name, or its beginning and a hash`() {
        let short = String(repeating: "a", count: 63)
        #expect(ObjectName.labelValue(short) == short)
        // printf %064d 0 | tr 0 a | sha256sum
        let long = String(repeating: "a", count: 64)
        #expect(ObjectName.labelValue(long) == String(repeating: "a", count: 57) + "ffe054")
    }

    @Test func `derived names are the same each time, and others for other volumes, pods and backups`() {
        func name(_ backup: String, _ uid: String, _ pod: String, _ volume: String) -> String {
            var resource = Backup(name: backup, namespace: "velero")
            resource.metadata.uid = uid
            return ObjectName.podVolumeBackup(backup: resource, podUID: pod, volume: volume)
        }
        let one = name("daily", "1", "2", "data")
        #expect(one == name("daily", "1", "2", "data"))
        #expect(one.hasPrefix("daily-") && one.count == 16)
        let others = [
            name("daily", "3", "2", "data"), name("daily", "1", "3", "data"), name("daily", "1", "2", "data2"),
            name("daily", "12", "", "data"), name("weekly", "1", "2", "data"),
        ]
        #expect(Set(others + [one]).count == 6)
        let long = name(String(repeating: "b", count: 51) + ".-" + String(repeating: "c", count: 200), "1", "2", "v")
        #expect(long.utf8.count <= 63 && ObjectName.isSubdomain(long) && !long.contains(".-"))
    }

    @Test func `a repository's name is that of Velero`() {
        #expect(
            ObjectName.backupRepository(namespace: "shop", location: "default", type: .restic) == "shop-default-restic"
        )
        let long = ObjectName.backupRepository(
            namespace: String(repeating: "n", count: 63),
            location: String(repeating: "l", count: 250),
            type: .restic
        )
        #expect(ObjectName.isSubdomain(long))
    }

    @Test func `a moment in a name is in UTC`() throws {
        let time = try #require(KubeTime(parsing: "2026-01-31T13:00:05+01:00"))
        #expect(ObjectName.timed("daily", at: time) == "daily-20260131120005")
    }

    @Test(arguments: [
        ("a", true), ("a-b.c0", true), ("", false), ("-a", false), ("a-", false), ("a..b", false), ("..", false),
        ("a/b", false), ("A", false), ("a\0", false), (String(repeating: "a", count: 254), false), ("ä", false),
    ])
    func `names follow the rules of DNS`(name: String, isValid: Bool) {
        #expect(ObjectName.isSubdomain(name) == isValid)
    }

    @Test(arguments: [
        ("6b2f0c1e-6c5f-4f6e-9d3c-0d6f5a1f2b3c", true), ("6b2f0c1e6c5f4f6e9d3c0d6f5a1f2b3c", true), ("", false),
        ("..", false), ("a/b", false), ("-1", false), ("xyz", false),
    ])
    func `uids are hexadecimal`(text: String, isValid: Bool) {
        #expect(ObjectName.isUID(text) == isValid)
    }
}
