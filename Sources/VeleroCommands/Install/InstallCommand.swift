// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeModel
import VeleroAPI

/// Puts server and node agents into a cluster: `velero install`.
struct InstallCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "install",
        abstract: "Install Velero into a cluster, or bring an installation up to date.",
        discussion: """
            Creates what is missing and changes what differs, so it can be repeated; the password of repositories is never \
            changed. With --dry-run -o yaml it prints the objects and does nothing; deploy/ and daemonset/ hold the same.
            """,
        examples: [
            "velero install --use-node-agent --provider aws --bucket backups \\\n"
                + "      --secret-file ./keys --backup-location-config region=eu-central-1",
            "velero install --use-node-agent --provider aws --bucket backups \\\n"
                + "      --secret-file ./keys --wait --backup-location-config \\\n"
                + "      region=minio,s3ForcePathStyle=true,s3Url=http://minio.example.org:9000",
            "velero install --crds-only --dry-run -o yaml",
        ]
    )

    @OptionGroup var options: InstallOptions

    @Flag(help: "Install the kinds of Velero and nothing else.")
    var crdsOnly = false

    @Flag(help: "Do nothing; with -o, print the objects.")
    var dryRun = false

    @Option(name: .shortAndLong, help: ArgumentHelp("Print the objects: yaml or json.", valueName: "format"))
    var output: String?

    @Flag(help: "Wait until server and agents run.")
    var wait = false

    @Flag(help: "Accepted: objects that are there are always brought up to date.")
    var apply = false

    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let format = try ObjectFormat(flag: output)
        let settings: InstallSettings
        if crdsOnly {
            settings = InstallSettings()
        } else {
            settings = try options.settings(namespace: try await access.namespace(), in: context)
        }
        if !settings.plugins.isEmpty {
            context.output.errorLine("--plugins: they are put beside the server, which runs none of them yet")
        }
        let instances = crdsOnly ? [] : InstallObjects(settings).instances
        if let format { try context.output.write(format.bytes(InstallObjects.definitions + instances)) }
        guard !dryRun else { return }
        try await access.withClient { client in
            let installer = Installer(client: client, output: context.output)
            try await installer.install(InstallObjects.definitions, instances)
            if settings.credentials == .none, !crdsOnly {
                try context.output.line("No secret file was specified, no Secret created.")
            }
            if wait, !crdsOnly { try await installer.wait(for: instances) }
        }
        guard !crdsOnly else { return }
        try context.output.line(
            "Velero is installed! ⛵ Use 'kubectl logs deployment/velero -n \(settings.namespace)' to view the status."
        )
    }
}

/// How objects are printed whole.
enum ObjectFormat: Sendable {
    case yaml, json

    /// - Throws: ``CommandFailure`` for an unknown word; nil for none.
    init?(flag: String?) throws {
        switch flag {
        case nil: return nil
        case "yaml": self = .yaml
        case "json": self = .json
        case "table": throw CommandFailure("'table' format is not supported with 'install' command")
        case .some(let word):
            throw CommandFailure("invalid output format \"\(word)\" - valid values are 'json' and 'yaml'")
        }
    }

    /// The objects as a List.
    func bytes(_ objects: [KubeObject]) -> [UInt8] {
        let list: JSONValue = ["apiVersion": "v1", "kind": "List", "items": .array(objects.map(\.json))]
        return switch self {
        case .yaml: Array(ManifestText.text(of: list).utf8)
        case .json: KubeModel.JSONText.bytes(of: list) + [UInt8(ascii: "\n")]
        }
    }
}
