// SPDX-License-Identifier: Apache-2.0

internal import KubeModel

extension PodVolumeBackup {
    /// What the agent does next with this backup; empty if it is none of its business or goes on as it is.
    ///
    /// Looks at the whole state each time, so that it does not matter which events were seen.
    package func decide(_ situation: PodVolumeSituation) -> [PodVolumeAction] {
        guard self.node == situation.node else { return situation.isRunningHere ? [.stop] : [] }
        if let actions = endingActions(situation) { return actions }
        let running = situation.isRunningHere
        if let problem = problem(situation.pod) {
            let end = PodVolumeAction.finish(.failed, message: problem)
            return running ? [.stop, end] : [end]
        }
        switch phase {
        case .new, .accepted, .prepared, .inProgress:
            if running { return [] }
            if let end = exhaustion { return [end] }
            guard situation.hasFreeSlot else { return [.wait("all of this node's slots are taken")] }
            return [.start(isResumed: phase == .inProgress)]
        default:
            return [.wait("its phase \(phase) is of another version of Velero")]
        }
    }

    /// Why the backup cannot be done; nil if it can.
    private func problem(_ pod: Pod?) -> String? {
        if let invalid = validate() { return invalid }
        guard mover.isRestic else {
            return "this node agent makes restic backups only, not those of uploader type \"\(mover)\""
        }
        guard let pod, pod.metadata.uid == self.podUID || (self.podUID ?? "").isEmpty else {
            return "pod \(self.pod) is gone"
        }
        guard pod.nodeName == self.node else { return "pod \(self.pod) is not on node \(self.node ?? "") any more" }
        switch pod.phase {
        case .succeeded, .failed: return "pod \(self.pod) has ended, so its volumes are not mounted any more"
        default: return nil
        }
    }

    /// What becomes of an unfinished backup whose node or agent is gone, for whoever watches over agents; nil if it goes on.
    package func decide(nodeExists: Bool, agentRuns: Bool) -> PodVolumeAction? {
        guard !phase.isFinal else { return nil }
        if !nodeExists { return .finish(.failed, message: "node \(self.node ?? "") is gone") }
        if !agentRuns, phase == .new {
            return .wait("node-agent pod is not running in node \(self.node ?? "")")
        }
        return nil
    }
}
