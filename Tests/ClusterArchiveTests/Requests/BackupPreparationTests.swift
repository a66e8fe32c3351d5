// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import Testing
import VeleroAPI

@Suite struct BackupPreparationTests {
    private static let now = KubeTime(seconds: 1_700_000_000)

    private func locations(_ change: (inout BackupStorageLocation) -> Void = { _ in }) -> [BackupStorageLocation] {
        var location = BackupStorageLocation(name: "main", namespace: "velero")
        location.isDefault = true
        change(&location)
        return [BackupStorageLocation(name: "other", namespace: "velero"), location]
    }

    private func prepare(
        _ backup: inout Backup,
        _ locations: [BackupStorageLocation],
        _ change: (inout BackupPreparation.Surroundings) -> Void = { _ in }
    ) -> [String] {
        var surroundings = BackupPreparation.Surroundings(locations: locations, now: Self.now)
        change(&surroundings)
        return BackupPreparation.prepare(&backup, surroundings, defaults: BackupDefaults())
    }

    @Test func `what a request does not say is filled in`() {
        var backup = Fixture.backup(["ttl": "0s", "defaultVolumesToRestic": true])
        #expect(prepare(&backup, locations()) { $0.excludedNamespaces = ["tmp"] }.isEmpty)
        #expect(backup.ttl?.description == "720h0m0s" && backup.storageLocation == "main")
        #expect(backup.expiration == Self.now.advanced(by: .seconds(720 * 3600)))
        #expect(backup.version == 1 && backup.formatVersion == "1.1.0")
        #expect(backup.includedNamespaces == ["*"] && backup.excludedNamespaces == ["tmp"])
        #expect(backup.defaultVolumesToFsBackup == true && backup.itemOperationTimeout?.description == "4h0m0s")
        #expect(backup.metadata[label: "velero.io/storage-location"] == "main")
    }

    @Test func `what a request says stays`() {
        var backup = Fixture.backup([
            "ttl": "1h0m0s", "storageLocation": "other", "includedNamespaces": ["a"], "defaultVolumesToFsBackup": false,
        ])
        #expect(prepare(&backup, locations()).isEmpty)
        #expect(backup.ttl?.description == "1h0m0s" && backup.storageLocation == "other")
        #expect(backup.includedNamespaces == ["a"] && backup.defaultVolumesToFsBackup == false)
    }

    @Test func `a location that cannot take a backup is told in Velero's words`() {
        var missing = Fixture.backup(["storageLocation": "gone"])
        #expect(prepare(&missing, locations()).first?.contains("and the default gone was not found.") == true)
        var none = Fixture.backup()
        #expect(prepare(&none, []).first?.contains("the server default default does not exist.") == true)
        var backup = Fixture.backup()
        #expect(
            prepare(&backup, locations { $0.accessMode = .readOnly }) == [
                "backup can't be created because backup storage location main is currently in read-only mode"
            ]
        )
        #expect(
            prepare(&backup, locations { $0.phase = .unavailable }) == [
                "backup can't be created because BackupStorageLocation main is in Unavailable status."
            ]
        )
    }

    @Test(
        arguments: [
            (
                ["includedResources": ["pods"], "includedClusterScopedResources": ["nodes"]],
                "include-resources, exclude-resources and include-cluster-resources are old filter parameters."
            ),
            (
                ["includedResources": ["*", "pods"]],
                "Invalid included/excluded resource lists: includes list must either contain '*' only, or a non-empty list of items"
            ),
            (
                ["includedClusterScopedResources": ["nodes"], "excludedClusterScopedResources": ["*"]],
                "Invalid cluster-scoped included/excluded resource lists: when exclude is '*', include cannot have value"
            ),
            (
                ["excludedNamespaces": ["*"]],
                "Invalid included/excluded namespace lists: excludes list cannot contain '*'"
            ),
            (
                ["includedNamespaces": ["Shop"]],
                "Invalid included/excluded namespace lists: \"Shop\" is no name of a namespace"
            ),
            (
                ["labelSelector": [:], "orLabelSelectors": [["matchLabels": ["a": "b"]]]],
                "encountered labelSelector as well as orLabelSelectors in backup spec, only one can be specified"
            ),
            (
                ["labelSelector": ["matchExpressions": [["key": "a", "operator": "Near"]]]],
                "label selector: unknown operator 'Near' on 'a'; use In, NotIn, Exists or DoesNotExist"
            ),
        ] as [(JSONValue, String)]
    )
    func `requests that contradict themselves are refused`(spec: JSONValue, expected: String) {
        var backup = Fixture.backup(spec)
        let problems = prepare(&backup, locations())
        #expect(problems.contains { $0.hasPrefix(expected) }, "\(problems)")
    }

    @Test func `patterns of namespaces are no mistake`() {
        var backup = Fixture.backup(["includedNamespaces": ["app-*", "db-[0-9]", "x?"]])
        #expect(prepare(&backup, locations()).isEmpty)
    }
}
