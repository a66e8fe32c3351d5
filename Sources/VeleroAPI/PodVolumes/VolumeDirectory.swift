// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Where a volume's directory is below the kubelet's directory of pods, as far as the API tells; the directory's parent carries the
/// name of a volume plugin, which only the disk tells.
package struct VolumeDirectory: Sendable, Hashable {
    /// The pod's uid on disk.
    package let podUID: String
    /// Names below the plugin's directory: the volume's, and for CSI `mount` below it.
    package let components: [String]

    /// Why a volume has no directory that could be used.
    package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// - Parameters:
    ///   - claim: The claim behind the volume; nil if there is none.
    ///   - bound: The volume the claim is bound to.
    ///   - csiDrivers: Names of the CSI drivers the cluster has, for volumes that migrated to one.
    /// - Throws: ``Failure`` for volumes that lie elsewhere and for names no kubelet would use.
    package init(
        volume name: String,
        of pod: Pod,
        claim: PersistentVolumeClaim?,
        bound: PersistentVolume?,
        csiDrivers: Set<String> = []
    ) throws(Failure) {
        let place = "\(pod.namespace ?? "")/\(pod.name)"
        guard let volume = pod.volume(named: name) else {
            throw Failure(description: "pod \(place) has no volume named \(name)")
        }
        if volume.isSource("hostPath") || bound?.isSource("hostPath") == true {
            throw Failure(
                description:
                    "volume \(name) of pod \(place) is a hostPath volume, which lies outside the pod's directory"
            )
        }
        if claim?.volumeMode == "Block" {
            throw Failure(description: "volume \(name) of pod \(place) is a block device, which has no files")
        }
        podUID = try Self.uid(of: pod, place)
        if PodVolumeEligibility.claimName(of: volume, in: pod) == nil {
            components = try Self.checked(volume.isSource("csi") ? [name, "mount"] : [name])
            return
        }
        guard let claim else { throw Failure(description: "the claim of volume \(name) of pod \(place) is not known") }
        guard let boundName = claim.volumeName else {
            throw Failure(
                description: "claim \(claim.key) of volume \(name) of pod \(place) is not bound to a volume yet"
            )
        }
        guard let bound, bound.name == boundName else {
            throw Failure(description: "volume \(boundName) of claim \(claim.key) is not known")
        }
        components = try Self.checked(Self.isServedByCSI(bound, csiDrivers) ? [boundName, "mount"] : [boundName])
    }

    /// The uid the kubelet uses: that of a mirror pod is another on disk than in the API.
    private static func uid(of pod: Pod, _ place: String) throws(Failure) -> String {
        let uid = pod.metadata[annotation: VeleroAnnotation.mirrorPodUID] ?? pod.metadata.uid ?? ""
        guard ObjectName.isUID(uid) else { throw Failure(description: "pod \(place) has no usable uid") }
        return uid
    }

    private static func checked(_ components: [String]) throws(Failure) -> [String] {
        // Names of volumes come from objects others may write: one that could leave the directory never gets near the disk.
        guard components.allSatisfy(ObjectName.isSubdomain) else {
            throw Failure(description: "a volume's name is no name by the rules of Kubernetes")
        }
        return components
    }

    private static func isServedByCSI(_ volume: PersistentVolume, _ drivers: Set<String>) -> Bool {
        if volume.isSource("csi") { return true }
        if volume.metadata[annotation: VeleroAnnotation.migratedTo]?.isEmpty == false { return true }
        return volume.metadata[annotation: VeleroAnnotation.provisionedBy].map(drivers.contains) ?? false
    }

    /// The pattern that exactly one directory must fit, for messages.
    ///
    /// - Parameter root: Where the agent sees the kubelet's directory of pods, such as `/host_pods`.
    package func pattern(root: String) -> String {
        ([root, podUID, "volumes", "*"] + components).joined(separator: "/")
    }

    /// The directory of volume plugins, as names below the root.
    package var pluginsComponents: [String] { [podUID, "volumes"] }

    /// The volume's directory as names below the root, once the disk told below which plugins it exists.
    ///
    /// - Parameter plugins: Names of the plugin directories that have it; exactly one must.
    /// - Throws: ``Failure`` with Velero's words otherwise.
    package func components(plugins: [String], root: String) throws(Failure) -> [String] {
        guard plugins.count == 1, let plugin = plugins.first else {
            throw Failure(
                description: "identifying unique volume path on host: expected one matching path: "
                    + "\(pattern(root: root)), got \(plugins.count)"
            )
        }
        return pluginsComponents + [plugin] + components
    }
}
