// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeClient
import KubeModel
import VeleroAPI

/// Makes a location: `velero backup-location create`.
struct BackupLocationCreateCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "create",
        abstract: "Make a backup storage location.",
        examples: [
            "velero backup-location create default --provider aws --bucket backups \\\n"
                + "      --config region=eu-central-1 --default",
            "velero backup-location create other-cluster --provider aws --bucket backups \\\n"
                + "      --access-mode ReadOnly --credential keys=cloud",
        ]
    )

    @Argument(help: ArgumentHelp("Name of the location.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Kind of object storage: aws for everything that speaks S3.", valueName: "name"))
    var provider: String?

    @Option(help: ArgumentHelp("Bucket.", valueName: "name"))
    var bucket: String?

    @Option(help: ArgumentHelp("Folder in the bucket under which everything is.", valueName: "path"))
    var prefix: String?

    @Option(help: ArgumentHelp("How the bucket is reached: key=value pairs.", valueName: "pairs"))
    var config: [String] = []

    @Option(help: ArgumentHelp("Labels of the location: key=value pairs.", valueName: "pairs"))
    var labels: [String] = []

    @Option(help: ArgumentHelp("ReadWrite or ReadOnly. (default: ReadWrite)", valueName: "mode"))
    var accessMode: String?

    @Option(
        help: ArgumentHelp("Pause between two looks for backups in the bucket; 0 for never.", valueName: "duration")
    )
    var backupSyncPeriod: String?

    @Option(help: ArgumentHelp("Pause between two looks whether it can be used; 0 for one.", valueName: "duration"))
    var validationFrequency: String?

    @Option(help: ArgumentHelp("PEM file with the certificates to trust.", valueName: "file"))
    var cacert: String?

    @Option(help: ArgumentHelp("Secret and key with credentials of its own: secret=key.", valueName: "pair"))
    var credential: [String] = []

    @Option(help: ArgumentHelp("Whether backups go there that name no other.", valueName: "true|false"))
    var `default`: TruthWord?

    @OptionGroup var output: ResourceOutputOptions
    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let format = try output.format()
        let location = try location(in: try await access.namespace(), context)
        guard format == nil else {
            let now = ConfigurationEnvironment.systemTime()
            return try output.print([location], as: BackupStorageLocation.view, now: now, to: context.output)
        }
        try await access.withClient { client in
            if location.isDefault == true { try await requireNoDefault(client, location) }
            _ = try await client.create(location)
        }
        try context.output.line("Backup storage location \"\(name)\" configured successfully.")
    }

    private func location(in namespace: String, _ context: CommandContext) throws -> BackupStorageLocation {
        guard ObjectName.isSubdomain(name) else { throw CommandFailure("'\(name)' cannot be the name of a location") }
        guard let provider, !provider.isEmpty else { throw CommandFailure("--provider is required") }
        guard let bucket, !bucket.isEmpty else { throw CommandFailure("--bucket is required") }
        var location = BackupStorageLocation(name: name, namespace: namespace)
        location.metadata.labels = try KeyValueList.parse(labels, flag: "--labels")
        location.provider = provider
        location.bucket = bucket
        if let prefix, !prefix.isEmpty { location.prefix = prefix }
        let pairs = try KeyValueList.parse(config, flag: "--config")
        if !pairs.isEmpty { location.config = pairs }
        let mode = AccessMode(text: accessMode ?? AccessMode.readWrite.text)
        guard mode == .readOnly || mode == .readWrite else {
            throw CommandFailure("--access-mode: '\(accessMode ?? "")' is neither ReadOnly nor ReadWrite")
        }
        location.accessMode = mode
        location.backupSyncPeriod = try LocationFlags.duration(backupSyncPeriod, "--backup-sync-period")
        location.validationFrequency = try LocationFlags.duration(validationFrequency, "--validation-frequency")
        if let cacert, !cacert.isEmpty { location.caCertificates = try LocationFlags.certificates(cacert, context) }
        try LocationFlags.credential(credential, of: &location)
        if `default`.isOn { location.isDefault = true }
        let problems = location.validate()
        guard problems.isEmpty else { throw CommandFailure(problems.joined(separator: "; ")) }
        return location
    }

    private func requireNoDefault(_ client: KubeClient, _ location: BackupStorageLocation) async throws {
        let all = try await client.list(BackupStorageLocation.self, namespace: location.namespace)
        guard !all.contains(where: { $0.isDefault == true }) else {
            throw CommandFailure(
                "there is already exist default backup storage location, please unset it first or do not set --default flag"
            )
        }
    }
}

/// What flags of several commands for locations mean.
enum LocationFlags {
    static func duration(_ text: String?, _ flag: String) throws -> GoDuration? {
        guard let text else { return nil }
        guard let duration = GoDuration(parsing: text), duration.nanoseconds >= 0 else {
            throw CommandFailure("\(flag): '\(text)' is no duration such as 10m")
        }
        return duration
    }

    /// A PEM file in the form locations hold it.
    static func certificates(_ path: String, _ context: CommandContext) throws -> String {
        let bytes = try context.input.readFile(context.absolutePath(path))
        guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
            throw CommandFailure("--cacert: \(path) holds no certificate in PEM text")
        }
        return Base64.encode(bytes)
    }

    static func credential(_ words: [String], of location: inout BackupStorageLocation) throws {
        let pairs = try KeyValueList.parse(words, flag: "--credential")
        guard let pair = pairs.first else { return }
        guard pairs.count == 1, !pair.value.isEmpty else {
            throw CommandFailure("--credential can only contain 1 key/value pair: secret=key")
        }
        location.credentialName = pair.key
        location.credentialKey = pair.value
    }
}
