// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

/// What an installation is made of; checked, so that objects can be built from it without failing.
struct InstallSettings: Sendable, Hashable {
    /// Where the keys of the object store come from.
    enum Credentials: Sendable, Hashable {
        /// The environment: a web identity, an instance's role.
        case none
        /// A Secret that somebody makes later; pods start without it.
        case secretMadeLater
        /// A Secret with these bytes; never shown.
        case file([UInt8])

        var usesSecret: Bool { self != .none }
    }

    /// What a container asks for and may use; nil for no such line.
    struct Resources: Sendable, Hashable {
        var cpuRequest: String?
        var memoryRequest: String?
        var cpuLimit: String?
        var memoryLimit: String?
    }

    /// The location `default`.
    struct Location: Sendable, Hashable {
        var provider: String
        var bucket: String
        var prefix: String?
        var config: [String: String] = [:]
        /// PEM.
        var certificateAuthorities: [UInt8]?
    }

    /// How node agents run.
    struct NodeAgent: Sendable, Hashable {
        var resources = Resources(cpuRequest: "100m", memoryRequest: "128Mi", cpuLimit: "1", memoryLimit: "512Mi")
        var isPrivileged = false
        /// Volumes are only read: they are mounted so, and what restoring needs is not asked for.
        var isBackupOnly = false
        var kubeletDirectory = "/var/lib/kubelet"
        /// The ConfigMap with settings, in Velero's namespace.
        var configMap: String?
        var priorityClass: String?
    }

    /// The tag that `make image` gives.
    static let image = "localhost/velero:dev"

    var namespace = VeleroObjectName.namespace
    var image = Self.image
    var location: Location?
    var credentials = Credentials.secretMadeLater
    /// Nil leaves it to the server, which uses Velero's well-known one.
    var repositoryPassword: [UInt8]?
    var serverResources = Resources(cpuRequest: "100m", memoryRequest: "128Mi", cpuLimit: "1", memoryLimit: "512Mi")
    var serverPriorityClass: String?
    var serverArguments: [String] = []
    /// Copied beside the server before it starts, in this order.
    var plugins: [PluginImage] = []
    var nodeAgent: NodeAgent?
    var podLabels: [String: String] = [:]
    var podAnnotations: [String: String] = [:]
    var serviceAccountAnnotations: [String: String] = [:]
    /// An account of the server that exists already, with its roles.
    var serviceAccount: String?

    /// Name of something the whole cluster shares, which two installations must not.
    func clusterName(_ name: String) -> String {
        namespace == VeleroObjectName.namespace ? name : "\(name)-\(namespace)"
    }
}
