// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeModel
import VeleroAPI

/// The flags that say what a backup holds and how it is made.
struct BackupSpecificationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long a backup is kept. (default: the server's, 720h)", valueName: "duration"))
    var ttl: String?

    @Option(help: ArgumentHelp("Namespaces, separated by commas. (default: *)", valueName: "names"))
    var includeNamespaces: String?

    @Option(help: ArgumentHelp("Namespaces left out.", valueName: "names"))
    var excludeNamespaces: String?

    @Option(help: ArgumentHelp("Kinds of objects, such as deployments.apps. (default: *)", valueName: "names"))
    var includeResources: String?

    @Option(help: ArgumentHelp("Kinds left out.", valueName: "names"))
    var excludeResources: String?

    @Option(help: ArgumentHelp("Whether objects outside of namespaces are taken.", valueName: "true|false"))
    var includeClusterResources: TruthWord?

    @Option(help: ArgumentHelp("Kinds outside of namespaces.", valueName: "names"))
    var includeClusterScopedResources: String?

    @Option(help: ArgumentHelp("Kinds outside of namespaces left out.", valueName: "names"))
    var excludeClusterScopedResources: String?

    @Option(help: ArgumentHelp("Kinds in namespaces.", valueName: "names"))
    var includeNamespaceScopedResources: String?

    @Option(help: ArgumentHelp("Kinds in namespaces left out.", valueName: "names"))
    var excludeNamespaceScopedResources: String?

    @Option(
        name: [.customShort("l"), .long],
        help: ArgumentHelp("Only objects with these labels, such as app=nginx.", valueName: "selector")
    )
    var selector: String?

    @Option(help: ArgumentHelp("Objects that any of several selectors chooses: 'a=b or c=d'.", valueName: "selectors"))
    var orSelector: String?

    @Option(help: ArgumentHelp("Labels: key=value pairs.", valueName: "pairs"))
    var labels: [String] = []

    @Option(help: ArgumentHelp("Where it goes. (default: the default location)", valueName: "name"))
    var storageLocation: String?

    @Option(help: ArgumentHelp("Where snapshots of volumes go.", valueName: "names"))
    var volumeSnapshotLocations: String?

    @Option(help: ArgumentHelp("Whether snapshots of volumes are made.", valueName: "true|false"))
    var snapshotVolumes: TruthWord?

    @Option(help: ArgumentHelp("Whether snapshots of volumes are moved to the bucket.", valueName: "true|false"))
    var snapshotMoveData: TruthWord?

    @Option(help: ArgumentHelp("What moves them.", valueName: "name"))
    var dataMover: String?

    @Option(
        name: [.customLong("default-volumes-to-fs-backup"), .customLong("default-volumes-to-restic")],
        help: ArgumentHelp("Whether the files of every volume are backed up.", valueName: "true|false")
    )
    var allVolumes: TruthWord?

    @Option(help: ArgumentHelp("How long a snapshot may take. (default: 10m)", valueName: "duration"))
    var csiSnapshotTimeout: String?

    @Option(help: ArgumentHelp("How long actions of plugins may take. (default: 4h)", valueName: "duration"))
    var itemOperationTimeout: String?

    @Option(help: ArgumentHelp("Objects that come first: 'pods=ns/a,ns/b;services=ns/c'.", valueName: "lists"))
    var orderedResources: String?

    @Option(help: ArgumentHelp("ConfigMap with a policy for volumes.", valueName: "name"))
    var resourcePoliciesConfigmap: String?

    @Option(help: ArgumentHelp("Files read at once.", valueName: "count"))
    var parallelFilesUpload: Int?

    /// The specification.
    ///
    /// - Throws: ``CommandFailure`` that names the flag.
    func specification() throws -> JSONObject {
        if selector?.isEmpty == false, orSelector?.isEmpty == false {
            throw CommandFailure("either a 'selector' or an 'or-selector' can be specified, but not both")
        }
        var backup = Backup(name: nil)
        backup.ttl = try duration(ttl, "--ttl") ?? GoDuration(.zero)
        backup.includedNamespaces = list(includeNamespaces) ?? ["*"]
        backup.excludedNamespaces = list(excludeNamespaces)
        backup.includedResources = list(includeResources)
        backup.excludedResources = list(excludeResources)
        backup.includeClusterResources = includeClusterResources?.value
        backup.includedClusterScopedResources = list(includeClusterScopedResources)
        backup.excludedClusterScopedResources = list(excludeClusterScopedResources)
        backup.includedNamespaceScopedResources = list(includeNamespaceScopedResources)
        backup.excludedNamespaceScopedResources = list(excludeNamespaceScopedResources)
        if let selector, !selector.isEmpty { backup.labelSelector = try Self.selector(selector, "--selector") }
        if let orSelector, !orSelector.isEmpty {
            backup.orLabelSelectors = try orSelector.components(separatedBy: " or ").map {
                try Self.selector($0, "--or-selector")
            }
        }
        let pairs = try KeyValueList.parse(labels, flag: "--labels")
        if !pairs.isEmpty { backup.scheduledLabels = pairs }
        if let storageLocation, !storageLocation.isEmpty { backup.storageLocation = storageLocation }
        backup.volumeSnapshotLocations = list(volumeSnapshotLocations)
        backup.snapshotVolumes = snapshotVolumes?.value
        backup.snapshotMoveData = snapshotMoveData?.value
        if let dataMover, !dataMover.isEmpty { backup.dataMover = dataMover }
        backup.defaultVolumesToFsBackup = allVolumes?.value
        backup.csiSnapshotTimeout = try duration(csiSnapshotTimeout, "--csi-snapshot-timeout")
        backup.itemOperationTimeout = try duration(itemOperationTimeout, "--item-operation-timeout")
        backup.orderedResources = try orderedResources.map(Self.ordered)
        if let name = resourcePoliciesConfigmap, !name.isEmpty {
            backup.resourcePolicyKind = "configmap"
            backup.resourcePolicyName = name
        }
        if let count = parallelFilesUpload {
            guard count >= 0 else { throw CommandFailure("--parallel-files-upload: it must not be negative") }
            if count > 0 { backup.parallelFilesUpload = count }
        }
        return backup["spec"]?.object ?? JSONObject()
    }

    private func list(_ text: String?) -> [String]? {
        guard let text, !text.isEmpty else { return nil }
        return text.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }
    }

    private func duration(_ text: String?, _ flag: String) throws -> GoDuration? {
        guard let text else { return nil }
        guard let duration = GoDuration(parsing: text), duration.nanoseconds >= 0 else {
            throw CommandFailure("\(flag): '\(text)' is no duration such as 720h")
        }
        return duration
    }

    private static func selector(_ text: String, _ flag: String) throws -> JSONObject {
        do {
            if let form = try LabelSelector(parsing: text).objectForm?.object { return form }
        } catch {
            throw CommandFailure("\(flag): \(error)")
        }
        throw CommandFailure("\(flag): comparisons of numbers cannot be kept in a backup")
    }

    private static func ordered(_ text: String) throws -> [String: String] {
        var lists: [String: String] = [:]
        for part in text.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1).map { String($0).filter { $0 != " " } }
            guard pair.count == 2, !pair[0].isEmpty else { throw CommandFailure("invalid OrderedResources '\(part)'") }
            lists[pair[0]] = pair[1]
        }
        return lists
    }
}

extension String {
    /// The pieces between the occurrences of a separator.
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: true).map(String.init)
    }
}
