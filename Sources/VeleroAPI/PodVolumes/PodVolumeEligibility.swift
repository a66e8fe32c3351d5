// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Whether a chosen volume gets a PodVolumeBackup, or why not.
package enum PodVolumeEligibility: Sendable, Hashable {
    /// It does; the claim is the one behind the volume, if there is one.
    case eligible(claim: PersistentVolumeClaim?)
    /// It does not, and the backup goes on with a warning.
    case skippedWithWarning(String)
    /// It does not, as is no surprise.
    case skipped(String)
    /// It should and cannot.
    case failed(String)

    /// What is known of the claim behind a volume.
    package enum Claim: Sendable, Hashable {
        /// The claim, and the volume it is bound to if that could be read.
        case found(PersistentVolumeClaim, PersistentVolume?)
        /// It could not be read, and why.
        case unreadable(String)
    }

    /// Decides in Velero's order and with its words.
    ///
    /// - Parameters:
    ///   - claim: What is known of the claim behind the volume; nil if there is none.
    ///   - earlierPod: The pod through which this backup took the same claim already.
    package static func decide(volume name: String, of pod: Pod, claim: Claim?, earlierPod: ObjectKey?) -> Self {
        let place = "\(pod.namespace ?? "")/\(pod.name)"
        guard let volume = pod.volume(named: name) else {
            return .skippedWithWarning("No volume named \(name) found in pod \(place), skipping")
        }
        if case .unreadable(let reason) = claim {
            return .failed("getting persistent volume claim for volume \(name) of pod \(place): \(reason)")
        }
        guard pod.phase == .running else {
            return .skippedWithWarning("Volume \(name) is in pod \(place), which is not running, skipping")
        }
        var isOnHost = volume.isSource("hostPath")
        var found: PersistentVolumeClaim?
        if case .found(let claim, let bound) = claim {
            found = claim
            isOnHost = isOnHost || bound?.isSource("hostPath") == true
        }
        if isOnHost {
            return .skippedWithWarning(
                "Volume \(name) in pod \(place) is a hostPath volume which is not supported for pod volume backup, skipping"
            )
        }
        if pod.containers.contains(where: { $0.volumeDeviceNames.contains(name) }) || found?.volumeMode == "Block" {
            return .skippedWithWarning(
                "volume \(name) declared in pod \(place) is a block volume. "
                    + "Block volumes are not supported for fs backup, skipping"
            )
        }
        guard pod.containers.contains(where: { $0.volumeMounts.contains { $0.name == name } }) else {
            return .skippedWithWarning(
                "Volume \(name) is declared in pod \(place) but not mounted by any container, skipping"
            )
        }
        if let found, let earlierPod {
            return .skipped("the volume of claim \(found.key) was backed up through pod \(earlierPod) already")
        }
        return .eligible(claim: found)
    }

    /// The name of the claim behind a volume; a claim made for the pod is called after both.
    package static func claimName(of volume: Pod.Volume, in pod: Pod) -> String? {
        volume.isEphemeralClaim ? "\(pod.name)-\(volume.name)" : volume.claimName
    }
}
