// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeClient
import KubeModel
import VeleroAPI

/// Changes a location: `velero backup-location set`.
struct BackupLocationSetCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "set",
        abstract: "Change a backup storage location.",
        discussion:
            "Velero takes the certificates away when --cacert is not given; here they stay unless it is given empty.",
        examples: [
            "velero backup-location set default --default", "velero backup-location set default --cacert ca.pem",
        ]
    )

    @Argument(help: ArgumentHelp("Name of the location.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("PEM file with the certificates to trust; empty for the system's.", valueName: "file"))
    var cacert: String?

    @Option(help: ArgumentHelp("Secret and key with credentials of its own: secret=key.", valueName: "pair"))
    var credential: [String] = []

    @Option(help: ArgumentHelp("Whether backups go there that name no other.", valueName: "true|false"))
    var `default`: TruthWord?

    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let namespace = try await access.namespace()
        try await access.withClient { client in
            let old = try await client.find(BackupStorageLocation.self, name, in: namespace)
            var location = old
            if let cacert {
                location.caCertificates = cacert.isEmpty ? nil : try LocationFlags.certificates(cacert, context)
            }
            try LocationFlags.credential(credential, of: &location)
            if let wanted = `default`?.value {
                location.isDefault = wanted
                if wanted { try await unsetOthers(client, namespace) }
            }
            let problems = location.validate()
            guard problems.isEmpty else { throw CommandFailure(problems.joined(separator: "; ")) }
            _ = try await client.update(from: old, to: location)
        }
        try context.output.line("Backup storage location \"\(name)\" configured successfully.")
    }

    private func unsetOthers(_ client: KubeClient, _ namespace: String) async throws {
        for old in try await client.list(BackupStorageLocation.self, namespace: namespace) {
            guard old.isDefault == true, old.name != name else { continue }
            var other = old
            other.isDefault = false
            _ = try await client.update(from: old, to: other)
        }
    }
}
