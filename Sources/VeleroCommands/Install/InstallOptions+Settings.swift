// SPDX-License-Identifier: Apache-2.0

import KubeModel
import ResticFormat
import VeleroAPI

extension InstallOptions {
    /// What the flags say, checked as Velero checks them.
    ///
    /// - Throws: ``CommandFailure`` for the first thing that cannot be.
    func settings(namespace: String, in context: CommandContext) throws -> InstallSettings {
        var settings = InstallSettings()
        settings.namespace = namespace
        if let image {
            guard !image.isEmpty, image.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw CommandFailure("--image: '\(image)' is no name of an image")
            }
            settings.image = image
        }
        guard !useVolumeSnapshots else {
            throw CommandFailure("--use-volume-snapshots: there are no snapshots of volumes here; leave the flag out")
        }
        settings.location = try location(in: context)
        settings.credentials = try credentials(in: context)
        settings.repositoryPassword = try repositoryPassword(in: context)
        settings.plugins = try PluginImage.parse(plugins)
        settings.serverPriorityClass = serverPriorityClassName
        settings.serviceAccount = serviceAccountName
        settings.podLabels = try KeyValueList.parse(podLabels, flag: "--pod-labels")
        settings.podAnnotations = try KeyValueList.parse(podAnnotations, flag: "--pod-annotations")
        settings.serviceAccountAnnotations = try KeyValueList.parse(saAnnotations, flag: "--sa-annotations")
        if let frequency = try maintenanceFrequency() {
            settings.serverArguments.append("--default-repo-maintain-frequency=\(frequency)")
        }
        var amounts = Amounts(settings.serverResources)
        try amounts.take(veleroPodCpuRequest, "--velero-pod-cpu-request", \.cpuRequest)
        try amounts.take(veleroPodMemRequest, "--velero-pod-mem-request", \.memoryRequest)
        try amounts.take(veleroPodCpuLimit, "--velero-pod-cpu-limit", \.cpuLimit)
        try amounts.take(veleroPodMemLimit, "--velero-pod-mem-limit", \.memoryLimit)
        settings.serverResources = amounts.resources
        settings.nodeAgent = try nodeAgent()
        return settings
    }

    private func nodeAgent() throws -> InstallSettings.NodeAgent? {
        guard useNodeAgent else {
            guard !backupOnly, !privilegedNodeAgent else {
                throw CommandFailure("--use-node-agent is required when using --backup-only or --privileged-node-agent")
            }
            return nil
        }
        var agent = InstallSettings.NodeAgent()
        agent.isBackupOnly = backupOnly
        agent.isPrivileged = privilegedNodeAgent
        agent.configMap = nodeAgentConfigmap
        agent.priorityClass = nodeAgentPriorityClassName
        if let directory = kubeletRootDir {
            guard directory.hasPrefix("/"), !directory.split(separator: "/").contains("..") else {
                throw CommandFailure("--kubelet-root-dir: '\(directory)' is no absolute path")
            }
            agent.kubeletDirectory = FilePathText.cleaned(directory)
        }
        var amounts = Amounts(agent.resources)
        try amounts.take(agentCpuRequest, "--node-agent-pod-cpu-request", \.cpuRequest)
        try amounts.take(agentMemRequest, "--node-agent-pod-mem-request", \.memoryRequest)
        try amounts.take(agentCpuLimit, "--node-agent-pod-cpu-limit", \.cpuLimit)
        try amounts.take(agentMemLimit, "--node-agent-pod-mem-limit", \.memoryLimit)
        agent.resources = amounts.resources
        return agent
    }

    private func location(in context: CommandContext) throws -> InstallSettings.Location? {
        let config = try KeyValueList.parse(backupLocationConfig, flag: "--backup-location-config")
        guard !noDefaultBackupLocation else {
            for (flag, isGiven) in [
                ("--bucket", bucket != nil), ("--prefix", prefix != nil), ("--backup-location-config", !config.isEmpty),
            ] where isGiven {
                throw CommandFailure("Cannot use both \(flag) and --no-default-backup-location at the same time")
            }
            guard provider == nil else {
                throw CommandFailure("--provider must be empty when using --no-default-backup-location")
            }
            return nil
        }
        guard let provider, !provider.isEmpty else { throw CommandFailure("--provider is required") }
        guard let bucket, !bucket.isEmpty else { throw CommandFailure("--bucket is required") }
        guard !bucket.hasPrefix("-") else {
            throw CommandFailure("Bucket names cannot begin with a dash. Bucket name was: \(bucket)")
        }
        var location = InstallSettings.Location(provider: provider, bucket: bucket, prefix: prefix, config: config)
        if let cacert { location.certificateAuthorities = try context.input.readFile(context.absolutePath(cacert)) }
        try check(location)
        return location
    }

    /// Finds now what the server would find later.
    private func check(_ given: InstallSettings.Location) throws {
        var settings = InstallSettings()
        settings.location = given
        guard let object = InstallObjects(settings).location else { return }
        let location = BackupStorageLocation(object: object)
        if let problem = location.validate().first { throw CommandFailure("--backup-location-config: \(problem)") }
        do {
            _ = try RepositoryIdentifier.make(location: location, namespace: "any", bucketRegion: "us-east-1")
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    private func credentials(in context: CommandContext) throws -> InstallSettings.Credentials {
        switch (secretFile, noSecret) {
        case (.some, true): throw CommandFailure("Cannot use both --secret-file and --no-secret")
        case (let path?, false): return .file(try context.input.readFile(context.absolutePath(path)))
        case (nil, true): return .none
        case (nil, false):
            guard noDefaultBackupLocation else {
                throw CommandFailure("One of --secret-file or --no-secret is required")
            }
            return .secretMadeLater
        }
    }

    private func repositoryPassword(in context: CommandContext) throws -> [UInt8]? {
        if let path = repositoryPasswordFile {
            guard !generateRepositoryPassword else {
                throw CommandFailure("Cannot use both --repository-password-file and --generate-repository-password")
            }
            let password = TextFileContents.trimmed(try context.input.readFile(context.absolutePath(path)))
            guard !password.isEmpty else { throw CommandFailure("\(path) holds no password") }
            return Array(password.utf8)
        }
        guard generateRepositoryPassword else { return nil }
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return Array(KubeModel.Base64.encode(bytes).utf8)
    }

    private func maintenanceFrequency() throws -> String? {
        guard let text = maintainFrequency, let duration = GoDuration(parsing: text) else {
            guard let text = maintainFrequency else { return nil }
            throw CommandFailure("--default-repo-maintain-frequency: '\(text)' is no duration such as 168h")
        }
        guard duration.nanoseconds >= 0 else {
            throw CommandFailure("--default-repo-maintain-frequency must be non-negative")
        }
        return duration.nanoseconds == 0 ? nil : text
    }
}

/// Amounts of a container that flags replace.
private struct Amounts {
    var resources: InstallSettings.Resources

    init(_ resources: InstallSettings.Resources) {
        self.resources = resources
    }

    /// - Throws: ``CommandFailure`` for what is no quantity.
    mutating func take(
        _ text: String?,
        _ flag: String,
        _ field: WritableKeyPath<InstallSettings.Resources, String?>
    ) throws {
        guard let text else { return }
        guard let quantity = Quantity(parsing: text), quantity >= Quantity(0) else {
            throw CommandFailure("\(flag): '\(text)' is no amount such as 500m or 128Mi")
        }
        // As the server writes it: else applying the same again would count as a change.
        resources[keyPath: field] = quantity == Quantity(0) ? nil : quantity.description
    }
}
