// SPDX-License-Identifier: Apache-2.0

internal import KubeModel

extension PodVolumeRestore {
    /// What the agent does next with this restore; empty if it is none of its business or goes on as it is.
    ///
    /// Looks at the whole state each time, so that it does not matter which events were seen.
    package func decide(_ situation: PodVolumeSituation) -> [PodVolumeAction] {
        let running = situation.isRunningHere
        // A restore names no node: the one it started on is in its status, and before that its pod's node decides.
        if let node = self.node, !node.isEmpty, node != situation.node { return running ? [.stop] : [] }
        let isOurs = self.node == situation.node || situation.pod?.nodeName == situation.node
        guard isOurs || running else { return [] }
        if let actions = endingActions(situation) { return actions }
        if let problem = problem(situation) {
            let end = PodVolumeAction.finish(.failed, message: problem)
            return running ? [.stop, end] : [end]
        }
        guard [.new, .accepted, .prepared, .inProgress].contains(phase) else {
            return [.wait("its phase \(phase) is of another version of Velero")]
        }
        if running { return [] }
        if wasReleased(situation.pod) { return [.finish(.completed, message: "")] }
        if let end = exhaustion { return [end] }
        if let reason = reasonToWait(situation) { return [.wait(reason)] }
        var actions: [PodVolumeAction] = []
        if phase != .inProgress, let wait = situation.pod.flatMap(RestoreWaitContainer.init(in:)), wait.index > 0 {
            actions.append(
                .warn(
                    "the waiting container of pod \(pod) is not its first init container: those before it may write to the "
                        + "volume before it is restored"
                )
            )
        }
        return actions + [.start(isResumed: phase == .inProgress)]
    }

    private func problem(_ situation: PodVolumeSituation) -> String? {
        if let invalid = validate() { return invalid }
        guard mover.isRestic else {
            return "this node agent restores restic backups only, not those of uploader type \"\(mover)\""
        }
        guard let pod = situation.pod, pod.metadata.uid == self.podUID || (self.podUID ?? "").isEmpty else {
            return "pod \(self.pod) is gone"
        }
        if pod.nodeName != situation.node { return "pod \(self.pod) is not on node \(situation.node) any more" }
        if pod.phase == .succeeded || pod.phase == .failed {
            return "pod \(self.pod) has ended, so its volumes are not mounted any more"
        }
        if mayWriteIntoRunningPod { return nil }
        guard let wait = RestoreWaitContainer(in: pod) else {
            return
                "pod \(self.pod) has no init container \(VeleroObjectName.restoreWaitContainer): restoring into the volume of a "
                + "pod that does not wait is refused unless the annotation \(VeleroAnnotation.restoreIntoRunningPod) is \"true\""
        }
        return wait.isTerminated && pod.phase == .running && phase != .inProgress
            ? "pod \(self.pod) is past its init container and may be using the volume" : nil
    }

    /// Whether the pod runs because its waiting container found this volume complete: only an agent that ended right then leaves the
    /// restore unfinished.
    private func wasReleased(_ pod: Pod?) -> Bool {
        guard phase == .inProgress, !mayWriteIntoRunningPod, let pod, pod.phase == .running else { return false }
        return RestoreWaitContainer(in: pod)?.isTerminated == true
    }

    private func reasonToWait(_ situation: PodVolumeSituation) -> String? {
        if let pod = situation.pod {
            let waits = RestoreWaitContainer(in: pod)?.isRunning ?? false
            let runs = mayWriteIntoRunningPod && pod.phase == .running
            if !waits, !runs { return "the waiting container of pod \(self.pod) does not run yet" }
        }
        return situation.hasFreeSlot ? nil : "all of this node's slots are taken"
    }

    /// Whether whoever made the restore allows it to write into the volume of a pod that runs.
    private var mayWriteIntoRunningPod: Bool {
        metadata[annotation: VeleroAnnotation.restoreIntoRunningPod] == "true"
    }
}
