// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeClient
import KubeModel
import VeleroAPI

/// Lists locations: `velero backup-location get`.
struct BackupLocationGetCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "get",
        abstract: "List backup storage locations.",
        examples: ["velero backup-location get", "velero get backup-locations -o yaml default"]
    )

    @OptionGroup var selection: ResourceSelection

    @Option(help: ArgumentHelp("Only those that are the default.", valueName: "true|false"))
    var `default`: TruthWord?

    @OptionGroup var output: ResourceOutputOptions
    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let namespace = try await access.namespace()
        _ = try output.format()
        var locations = try await access.withClient { client in
            try await selection.objects(BackupStorageLocation.self, namespace: namespace, from: client)
        }
        if let wanted = `default`?.value { locations = locations.filter { ($0.isDefault ?? false) == wanted } }
        let now = ConfigurationEnvironment.systemTime()
        try output.print(locations, as: BackupStorageLocation.view, now: now, to: context.output)
    }
}

extension BackupStorageLocation {
    /// As Velero's tables show them.
    static var view: ResourceView<BackupStorageLocation> {
        ResourceView(
            titles: ["Name", "Provider", "Bucket/Prefix", "Phase", "Last Validated", "Access Mode", "Default"]
        ) { location, _ in
            let place = [location.bucket ?? "", location.prefix ?? ""].filter { !$0.isEmpty }.joined(separator: "/")
            return [
                location.name, location.provider ?? "", place, location.phase?.text ?? "Unknown",
                location.lastValidationTime.map { ResourceTime.full($0) } ?? "Unknown",
                location.accessMode.flatMap { $0.text.isEmpty ? nil : $0.text } ?? AccessMode.readWrite.text,
                location.isDefault == true ? "true" : "",
            ]
        }
    }
}
