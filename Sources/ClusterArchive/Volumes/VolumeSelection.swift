// SPDX-License-Identifier: Apache-2.0

package import KubeModel
internal import VeleroAPI

/// Which of a pod's volumes have their files backed up: by the resource policy, else by annotations and the backup's mode.
package struct VolumeSelection: Sendable, Hashable {
    /// In the order in which they are backed up.
    package private(set) var chosen: [String]
    /// Volumes that somebody decided to leave out, and why.
    package private(set) var leftOut: [String: String] = [:]

    /// - Parameter facts: What is known of a volume; nil if it cannot be read.
    package init(
        _ pod: Pod,
        takesAll: Bool,
        includesClaims: Bool,
        policy: ResourcePolicy?,
        facts: (Pod.Volume) -> VolumeFacts?
    ) {
        let choice = PodVolumeChoice(pod, takesAll: takesAll, includesClaims: includesClaims)
        chosen = choice.chosen
        for name in choice.optedOut {
            leftOut[name] = "opted out due to annotation in pod \(pod.namespace ?? "")/\(pod.name)"
        }
        guard let policy else { return }
        for volume in pod.volumes where !PodVolumeChoice.isNeverTaken(volume) {
            guard let facts = facts(volume), let action = policy.action(for: facts) else { continue }
            if action == .filesystemBackup {
                if !chosen.contains(volume.name) { chosen.append(volume.name) }
                leftOut[volume.name] = nil
            } else {
                chosen.removeAll { $0 == volume.name }
                leftOut[volume.name] = "matched action is '\(action.rawValue)' in chosen resource policies"
            }
        }
    }
}
