// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// What an agent does next with the backup or restore of a volume.
package enum PodVolumeAction: Sendable, Hashable {
    /// Start, or take up again what an earlier process of this agent left unfinished.
    case start(isResumed: Bool)
    /// Stop what runs here; what it stored stays.
    case stop
    /// Tell that it was asked to stop while it does.
    case markCanceling
    /// Write the end into the status.
    case finish(PodVolumePhase, message: String)
    /// Nothing until something changes; the reason is for logs.
    case wait(String)
    /// Tell a person of something that is no error.
    case warn(String)
}

/// What the agent knows of the world around one resource, read afresh each time.
package struct PodVolumeSituation: Sendable {
    /// The node this agent runs on.
    package var node: String
    /// The pod the resource names; nil if there is none of that name.
    package var pod: Pod?
    /// Whether this agent works on the resource at this moment.
    package var isRunningHere: Bool
    /// Whether it may start another one.
    package var hasFreeSlot: Bool
    /// Whether the Backup or Restore it belongs to still exists and is not being deleted; nil if nothing controls the resource.
    package var ownerExists: Bool?

    package init(node: String, pod: Pod?, isRunningHere: Bool, hasFreeSlot: Bool, ownerExists: Bool?) {
        self.node = node
        self.pod = pod
        self.isRunningHere = isRunningHere
        self.hasFreeSlot = hasFreeSlot
        self.ownerExists = ownerExists
    }
}

extension PodVolumeResource {
    /// What holds for backups and restores alike before either looks at its pod; nil if none of it applies.
    func endingActions(_ situation: PodVolumeSituation) -> [PodVolumeAction]? {
        let running = situation.isRunningHere
        if phase.isFinal || metadata.isBeingDeleted { return running ? [.stop] : [] }
        let owner = self is PodVolumeBackup ? "backup" : "restore"
        if situation.ownerExists == false {
            let end = PodVolumeAction.finish(.failed, message: "the \(owner) it belongs to is gone")
            return running ? [.stop, end] : [end]
        }
        guard isCancelled || phase == .canceling else { return nil }
        let end = PodVolumeAction.finish(.canceled, message: "\(owner) was cancelled")
        guard running else { return [end] }
        return phase == .canceling ? [.stop] : [.markCanceling, .stop]
    }
}
