// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The flags of `velero install` that say what is installed, named as Velero's.
struct InstallOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Kind of object store; aws stands for everything that speaks S3.", valueName: "name"))
    var provider: String?

    @Option(help: ArgumentHelp("Bucket backups go to; it must exist.", valueName: "name"))
    var bucket: String?

    @Option(help: ArgumentHelp("Directory inside of the bucket.", valueName: "path"))
    var prefix: String?

    @Option(
        help: ArgumentHelp(
            "Settings of the location: region, s3Url, s3ForcePathStyle, insecureSkipTLSVerify, resticRepoPrefix and others.",
            valueName: "key=value,…"
        )
    )
    var backupLocationConfig: [String] = []

    @Option(help: ArgumentHelp("Certificates (PEM) to trust for the object store.", valueName: "file"))
    var cacert: String?

    @Option(help: ArgumentHelp("Keys of the object store, as the AWS tools keep them.", valueName: "file"))
    var secretFile: String?

    @Flag(help: "Use no keys but what the environment of the pods gives: a web identity, an instance's role.")
    var noSecret = false

    @Flag(help: "Create no location; make one later.")
    var noDefaultBackupLocation = false

    @Option(
        help: ArgumentHelp("Image of server and node agents. (default: \(InstallSettings.image))", valueName: "name")
    )
    var image: String?

    @Flag(
        name: [.customLong("use-node-agent"), .customLong("use-restic")],
        help: "Install the agents that back up and restore the files of volumes."
    )
    var useNodeAgent = false

    @Flag(
        help: "Agents that only back up: volumes are mounted read-only, and restoring's privileges are not asked for."
    )
    var backupOnly = false

    @Flag(help: "Run the agents privileged, as OpenShift demands it.")
    var privilegedNodeAgent = false

    @Option(
        help: ArgumentHelp("Directory of the kubelet on the nodes. (default: /var/lib/kubelet)", valueName: "path")
    )
    var kubeletRootDir: String?

    @Option(help: ArgumentHelp("ConfigMap with settings of the agents.", valueName: "name"))
    var nodeAgentConfigmap: String?

    @Option(help: ArgumentHelp("File with the password of all repositories.", valueName: "file"))
    var repositoryPasswordFile: String?

    @Flag(help: "Make up the password of all repositories; without it the server uses Velero's well-known one.")
    var generateRepositoryPassword = false

    @Option(
        name: [.customLong("default-repo-maintain-frequency"), .customLong("default-restic-prune-frequency")],
        help: ArgumentHelp("Pause between two prunes of a repository. (default: 168h)", valueName: "duration")
    )
    var maintainFrequency: String?

    @Option(help: ArgumentHelp("CPU the server asks for; 0 for none. (default: 100m)", valueName: "amount"))
    var veleroPodCpuRequest: String?

    @Option(help: ArgumentHelp("Memory the server asks for. (default: 128Mi)", valueName: "amount"))
    var veleroPodMemRequest: String?

    @Option(help: ArgumentHelp("Most CPU of the server. (default: 1)", valueName: "amount"))
    var veleroPodCpuLimit: String?

    @Option(help: ArgumentHelp("Most memory of the server. (default: 512Mi)", valueName: "amount"))
    var veleroPodMemLimit: String?

    @Option(
        name: [.customLong("node-agent-pod-cpu-request"), .customLong("restic-pod-cpu-request")],
        help: ArgumentHelp("CPU an agent asks for. (default: 100m)", valueName: "amount")
    )
    var agentCpuRequest: String?

    @Option(
        name: [.customLong("node-agent-pod-mem-request"), .customLong("restic-pod-mem-request")],
        help: ArgumentHelp("Memory an agent asks for. (default: 128Mi)", valueName: "amount")
    )
    var agentMemRequest: String?

    @Option(
        name: [.customLong("node-agent-pod-cpu-limit"), .customLong("restic-pod-cpu-limit")],
        help: ArgumentHelp("Most CPU of an agent; its workers follow. (default: 1)", valueName: "amount")
    )
    var agentCpuLimit: String?

    @Option(
        name: [.customLong("node-agent-pod-mem-limit"), .customLong("restic-pod-mem-limit")],
        help: ArgumentHelp("Most memory of an agent. (default: 512Mi)", valueName: "amount")
    )
    var agentMemLimit: String?

    @Option(help: ArgumentHelp("Priority of the server's pod.", valueName: "class"))
    var serverPriorityClassName: String?

    @Option(help: ArgumentHelp("Priority of the agents' pods.", valueName: "class"))
    var nodeAgentPriorityClassName: String?

    @Option(help: ArgumentHelp("Labels of the pods.", valueName: "key=value,…"))
    var podLabels: [String] = []

    @Option(help: ArgumentHelp("Annotations of the pods.", valueName: "key=value,…"))
    var podAnnotations: [String] = []

    @Option(help: ArgumentHelp("Annotations of the service accounts.", valueName: "key=value,…"))
    var saAnnotations: [String] = []

    @Option(
        help: ArgumentHelp("Account the server runs under instead of one made here, with its roles.", valueName: "name")
    )
    var serviceAccountName: String?

    @Option(
        help: ArgumentHelp(
            "Images whose programs are copied to /plugins of the server; access to S3 is built in and needs none.",
            valueName: "images"
        )
    )
    var plugins: [String] = []

    @Flag(help: "Refused: there are no snapshots of volumes here. --use-volume-snapshots=false is accepted.")
    var useVolumeSnapshots = false

    /// Flags that others accept a truth value for.
    static let switches: [String: String?] = Dictionary(
        uniqueKeysWithValues: [
            "no-secret", "no-default-backup-location", "use-node-agent", "use-restic", "backup-only",
            "privileged-node-agent", "generate-repository-password", "use-volume-snapshots", "dry-run", "crds-only",
            "wait",
            "apply", "force",
        ].map { ($0, nil) }
    )
}
