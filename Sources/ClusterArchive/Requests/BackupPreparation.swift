// SPDX-License-Identifier: Apache-2.0

package import KubeModel
package import VeleroAPI

/// What a backup gets that its request does not say.
package struct BackupDefaults: Sendable, Hashable {
    package var timeToLive: Duration = .seconds(720 * 3600)
    /// The location of backups that name none, where no location is marked as the default.
    package var storageLocation = "default"
    package var takesAllVolumes = false
    package var itemOperationTimeout: Duration = .seconds(4 * 3600)
    package var snapshotTimeout: Duration = .seconds(600)
    package var resourceTimeout: Duration = .seconds(600)

    package init() {}
}

/// Completes a new backup's request and checks it; decides only.
package enum BackupPreparation {
    /// Formats this writes.
    package static let version = 1

    /// What the request is seen against.
    package struct Surroundings: Sendable {
        /// All locations of the installation.
        package var locations: [BackupStorageLocation]
        /// Namespaces that have the label by which they are never backed up.
        package var excludedNamespaces: [String]
        /// Lists of the resource policy.
        package var policy: ResourcePolicy.Lists
        /// What is wrong with the resource policy; nil if nothing is.
        package var policyProblem: String?
        package var now: KubeTime

        package init(locations: [BackupStorageLocation], now: KubeTime) {
            self.locations = locations
            self.now = now
            excludedNamespaces = []
            policy = ResourcePolicy.Lists()
        }
    }

    /// Fills in what the request does not say, and begins its status.
    ///
    /// - Returns: Why it cannot be done, in Velero's words; empty if it can.
    package static func prepare(
        _ backup: inout Backup,
        _ surroundings: Surroundings,
        defaults: BackupDefaults
    ) -> [String] {
        backup.version = version
        backup.formatVersion = ItemPath.formatVersion
        let given = backup.ttl.flatMap { $0.nanoseconds > 0 ? $0 : nil }
        let timeToLive = given ?? GoDuration(defaults.timeToLive)
        backup.ttl = timeToLive
        backup.expiration = surroundings.now.advanced(by: timeToLive.duration)
        complete(&backup, defaults)
        var problems: [String] = []
        if let problem = chooseLocation(&backup, surroundings.locations, defaults) { problems.append(problem) }
        let excluded = surroundings.excludedNamespaces.filter { !(backup.excludedNamespaces ?? []).contains($0) }
        if !excluded.isEmpty { backup.excludedNamespaces = (backup.excludedNamespaces ?? []) + excluded }
        problems += listProblems(backup, surroundings)
        if (backup.includedNamespaces ?? []).isEmpty { backup.includedNamespaces = ["*"] }
        if let problem = surroundings.policyProblem { problems.append(problem) }
        return problems
    }

    private static func complete(_ backup: inout Backup, _ defaults: BackupDefaults) {
        if backup.csiSnapshotTimeout.map({ $0.nanoseconds <= 0 }) ?? true {
            backup.csiSnapshotTimeout = GoDuration(defaults.snapshotTimeout)
        }
        if backup.itemOperationTimeout.map({ $0.nanoseconds <= 0 }) ?? true {
            backup.itemOperationTimeout = GoDuration(defaults.itemOperationTimeout)
        }
        if backup.defaultVolumesToFsBackup == nil {
            backup.defaultVolumesToFsBackup = backup.defaultVolumesToRestic ?? defaults.takesAllVolumes
        }
        backup.metadata[annotation: VeleroAnnotation.resourceTimeout] = GoDuration(defaults.resourceTimeout).description
    }

    private static func chooseLocation(
        _ backup: inout Backup,
        _ locations: [BackupStorageLocation],
        _ defaults: BackupDefaults
    ) -> String? {
        let given = backup.storageLocation.flatMap { $0.isEmpty ? nil : $0 }
        let name = given ?? locations.first { $0.isDefault == true }?.name ?? defaults.storageLocation
        backup.storageLocation = name
        guard let location = locations.first(where: { $0.name == name }) else {
            let remedy =
                "Please address this issue (see `velero backup-location -h` for options) and create a new backup. "
            let error = "Error: backupstoragelocations.velero.io \"\(name)\" not found"
            if given == nil {
                return
                    "an existing backup storage location was not specified at backup creation time and the server default "
                    + "\(name) does not exist. \(remedy)\(error)"
            }
            return
                "an existing backup storage location was not specified at backup creation time and the default \(name) was "
                + "not found. \(remedy)\(error)"
        }
        backup.metadata[label: VeleroLabel.storageLocation] = ObjectName.labelValue(name)
        if location.isReadOnly {
            return "backup can't be created because backup storage location \(name) is currently in read-only mode"
        }
        if location.isUnavailable {
            return "backup can't be created because BackupStorageLocation \(name) is in Unavailable status."
        }
        return nil
    }

    private static func listProblems(_ backup: Backup, _ surroundings: Surroundings) -> [String] {
        var problems: [String] = []
        if backup.usesGlobalResourceLists {
            if backup.usesScopedResourceLists {
                problems.append(
                    "include-resources, exclude-resources and include-cluster-resources are old filter parameters.\n"
                        + "include-cluster-scoped-resources, exclude-cluster-scoped-resources, "
                        + "include-namespace-scoped-resources and exclude-namespace-scoped-resources are new filter "
                        + "parameters.\nThey cannot be used together"
                )
            }
            if !surroundings.policy.isEmpty {
                problems.append(
                    "include-resources, exclude-resources and include-cluster-resources are old filter parameters.\n"
                        + "They cannot be used with include-exclude policies."
                )
            }
        }
        func check(_ title: String, _ included: [String]?, _ excluded: [String]?, allowsExcludingAll: Bool = false) {
            problems += InclusionList.problems(
                including: included ?? [],
                excluding: excluded ?? [],
                allowsExcludingAll: allowsExcludingAll
            ).map { "Invalid \(title) lists: \($0)" }
        }
        check("included/excluded resource", backup.includedResources, backup.excludedResources)
        check(
            "cluster-scoped included/excluded resource",
            backup.includedClusterScopedResources,
            backup.excludedClusterScopedResources,
            allowsExcludingAll: true
        )
        check(
            "namespace-scoped included/excluded resource",
            backup.includedNamespaceScopedResources,
            backup.excludedNamespaceScopedResources,
            allowsExcludingAll: true
        )
        check("included/excluded namespace", backup.includedNamespaces, backup.excludedNamespaces)
        problems += namespaceProblems(backup)
        problems += selectorProblems(backup)
        return problems
    }

    private static func namespaceProblems(_ backup: Backup) -> [String] {
        let names = (backup.includedNamespaces ?? []) + (backup.excludedNamespaces ?? [])
        return names.filter { name in
            // Patterns are checked by their letters.
            let plain = String(name.map { "*?[]!^".contains($0) ? "x" : $0 })
            return !ObjectName.isLabel(plain)
        }.map { "Invalid included/excluded namespace lists: \"\($0)\" is no name of a namespace" }
    }

    private static func selectorProblems(_ backup: Backup) -> [String] {
        let several = backup.orLabelSelectors ?? []
        if backup.labelSelector != nil, !several.isEmpty {
            return [
                "encountered labelSelector as well as orLabelSelectors in backup spec, only one can be specified"
            ]
        }
        return (backup.labelSelector.map { [$0] } ?? several).compactMap { selector in
            do {
                _ = try LabelSelector(.object(selector))
                return nil
            } catch {
                return "\(error)"
            }
        }
    }
}
