// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeClient
import KubeModel
import VeleroAPI

/// Removes locations from the cluster: `velero backup-location delete`.
struct BackupLocationDeleteCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "delete",
        abstract: "Remove backup storage locations from the cluster; what is in the bucket stays.",
        discussion: "The cluster also forgets the backups and repositories of the location.",
        examples: ["velero backup-location delete old", "velero backup-location delete --all --confirm"]
    )

    @OptionGroup var targets: ResourceTargets

    @Option(help: ArgumentHelp("Do not ask.", valueName: "true|false"))
    var confirm: TruthWord?

    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let namespace = try await access.namespace()
        try await access.withClient { client in
            let locations = try await targets.objects(
                BackupStorageLocation.self,
                kind: "backup-location",
                namespace: namespace,
                from: client
            )
            guard !locations.isEmpty else { return try context.output.line("No backup-locations found") }
            guard try confirm.isOn || Confirmation.ask("", in: context) else { return }
            for location in locations { try await delete(location, client, context) }
        }
    }

    private func delete(
        _ location: BackupStorageLocation,
        _ client: KubeClient,
        _ context: CommandContext
    ) async throws {
        try await client.delete(BackupStorageLocation.resourceType, location.key)
        try context.output.line("Backup storage location \"\(location.name)\" deleted successfully.")
        let labels = [VeleroLabel.storageLocation: ObjectName.labelValue(location.name)]
        let options = ListOptions(labels: LabelSelector(matching: labels))
        let types = [Backup.resourceType, BackupRepository.resourceType]
        for type in types {
            var keys: [ObjectKey] = []
            _ = try await client.list(type, namespace: location.namespace, options: options) { item in
                if case .success(let object) = item { keys.append(object.key) }
            }
            for key in keys {
                try await client.delete(type, key)
                try context.output.line(
                    "\(type.kind) \"\(key.name)\" of the deleted location removed from the cluster."
                )
            }
        }
    }
}
