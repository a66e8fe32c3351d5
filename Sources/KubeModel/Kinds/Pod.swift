// SPDX-License-Identifier: Apache-2.0

/// A pod: containers on one node with the volumes they share.
package struct Pod: KubeResource {
    package static let resourceType = ResourceType(
        group: "",
        version: "v1",
        kind: "Pod",
        plural: "pods",
        isNamespaced: true
    )
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    /// The node it is scheduled to; nil before that.
    package var nodeName: String? { object["spec", "nodeName"]?.string.flatMap { $0.isEmpty ? nil : $0 } }

    package var serviceAccountName: String? { object["spec", "serviceAccountName"]?.string }

    package var phase: Phase { object["status", "phase"]?.string.flatMap(Phase.init(rawValue:)) ?? .unknown }

    package var volumes: [Volume] { (object["spec", "volumes"]?.array ?? []).map(Volume.init(json:)) }

    /// In the order of the pod's specification.
    package var containers: [Container] { (object["spec", "containers"]?.array ?? []).map(Container.init(json:)) }

    /// In the order they run.
    package var initContainers: [Container] {
        (object["spec", "initContainers"]?.array ?? []).map(Container.init(json:))
    }

    package var containerStatuses: [ContainerStatus] {
        (object["status", "containerStatuses"]?.array ?? []).map(ContainerStatus.init(json:))
    }

    package var initContainerStatuses: [ContainerStatus] {
        (object["status", "initContainerStatuses"]?.array ?? []).map(ContainerStatus.init(json:))
    }

    /// The volume of that name.
    package func volume(named name: String) -> Volume? { volumes.first { $0.name == name } }

    /// How far the pod is.
    package enum Phase: String, Sendable {
        case pending = "Pending"
        case running = "Running"
        case succeeded = "Succeeded"
        case failed = "Failed"
        case unknown = "Unknown"
    }
}

extension Pod {
    /// A volume as the pod declares it.
    package struct Volume: Sendable, Hashable {
        package var json: JSONValue
        package init(json: JSONValue) { self.json = json }

        package var name: String { json["name"]?.string ?? "" }

        /// What the volume is made of, such as `emptyDir`; nil if only the name is given (an emptyDir by default).
        package var source: String? { json.object?.names.first { $0 != "name" } }

        /// The claim behind it, if it is one.
        package var claimName: String? { json["persistentVolumeClaim"]?["claimName"]?.string }

        /// Whether the volume is a claim made for the pod; it is called `<pod>-<volume>`.
        package var isEphemeralClaim: Bool { json["ephemeral"]?.object != nil }

        /// Whether the volume is the source named, such as `hostPath`.
        package func isSource(_ name: String) -> Bool { !(json[name]?.isNull ?? true) }
    }

    /// A container as the pod declares it.
    package struct Container: Sendable, Hashable {
        package var json: JSONValue
        package init(json: JSONValue) { self.json = json }

        package var name: String { json["name"]?.string ?? "" }
        package var image: String { json["image"]?.string ?? "" }
        /// Where volumes are mounted.
        package var volumeMounts: [VolumeMount] { (json["volumeMounts"]?.array ?? []).map(VolumeMount.init(json:)) }
        /// Names of volumes it uses as block devices.
        package var volumeDeviceNames: [String] {
            (json["volumeDevices"]?.array ?? []).compactMap { $0["name"]?.string }
        }
    }

    /// A volume's place in a container.
    package struct VolumeMount: Sendable, Hashable {
        package var json: JSONValue
        package init(json: JSONValue) { self.json = json }

        package var name: String { json["name"]?.string ?? "" }
        package var mountPath: String { json["mountPath"]?.string ?? "" }
        package var subPath: String? { json["subPath"]?.string }
        package var isReadOnly: Bool { json["readOnly"]?.bool ?? false }
    }

    /// What the kubelet says about a container.
    package struct ContainerStatus: Sendable, Hashable {
        package var json: JSONValue
        package init(json: JSONValue) { self.json = json }

        package var name: String { json["name"]?.string ?? "" }
        package var isReady: Bool { json["ready"]?.bool ?? false }
        package var restartCount: Int { json["restartCount"]?.int ?? 0 }
        /// Whether it runs at this moment.
        package var isRunning: Bool { json["state"]?["running"]?.object != nil }
        /// Whether it ran and ended.
        package var isTerminated: Bool { json["state"]?["terminated"]?.object != nil }
        /// The exit code, once it ended.
        package var exitCode: Int? { json["state"]?["terminated"]?["exitCode"]?.int }
    }
}
