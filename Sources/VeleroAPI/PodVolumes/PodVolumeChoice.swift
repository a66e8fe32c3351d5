// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Which of a pod's volumes have their files backed up, by the pod's annotations and the backup's mode.
///
/// What can only be told from claims and volumes, and skips with a warning, comes afterwards: ``PodVolumeEligibility``.
package struct PodVolumeChoice: Sendable, Hashable {
    /// Names of the volumes chosen, each once: in the order of the annotation where pods opt in, else in that of the pod.
    ///
    /// A name of the annotation may be none of the pod's volumes.
    package var chosen: [String]
    /// Volumes the pod's annotation leaves out.
    package var optedOut: [String]

    /// Sources whose content belongs to the cluster or the node and is never backed up as files.
    private static let neverTaken = ["hostPath", "secret", "configMap", "projected", "downwardAPI"]

    /// - Parameters:
    ///   - takesAll: Whether every volume is taken unless the pod opts out; else only what the pod asks for.
    ///   - includesClaims: Whether the backup includes persistentvolumeclaims; volumes behind claims are left alone otherwise.
    package init(_ pod: Pod, takesAll: Bool, includesClaims: Bool = true) {
        guard takesAll else {
            chosen = Self.names(pod.metadata[annotation: VeleroAnnotation.backupVolumes])
            optedOut = []
            return
        }
        let excluded = Set(Self.names(pod.metadata[annotation: VeleroAnnotation.backupVolumesExcludes]))
        chosen = []
        optedOut = []
        for volume in pod.volumes {
            if Self.isNeverTaken(volume) { continue }
            if volume.claimName != nil, !includesClaims { continue }
            if excluded.contains(volume.name) {
                optedOut.append(volume.name)
            } else {
                chosen.append(volume.name)
            }
        }
    }

    /// Whether a volume's content belongs to the cluster or the node.
    package static func isNeverTaken(_ volume: Pod.Volume) -> Bool {
        neverTaken.contains(where: volume.isSource) || volume.name.hasPrefix("default-token")
    }

    private static func names(_ annotation: String?) -> [String] {
        var seen: Set<String> = []
        return (annotation ?? "").split(separator: ",").map { String($0.filter { $0 != " " }) }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}
