// SPDX-License-Identifier: Apache-2.0

import VeleroAPI

/// What becomes of an unfinished backup or restore of a volume, seen from outside its node; decides only.
enum WatchDecision: Equatable {
    /// Its agent sees to it, or somebody has to act first.
    case leave
    /// To be looked at again, though nothing may change.
    case lookAgain
    /// Its agent is to stop it.
    case cancel
    case finish(PodVolumePhase, message: String)

    /// What is known of the world around it.
    struct Situation {
        /// Empty if no node is known yet.
        var node: String
        var nodeExists: Bool
        /// Whether a node agent runs there, which then decides everything itself.
        var agentRuns: Bool
        /// Whether the pod it names exists, the same one.
        var podExists: Bool
        /// Whether the Backup or Restore it belongs to exists.
        var ownerExists: Bool
        var isCancelled: Bool
        /// Whether the Backup it belongs to has come to its end, so that nobody waits for this any more.
        var ownerHasEnded = false
        /// Whether it is a backup without a node, which no agent takes.
        var isWithoutNode = false
        /// Whether its pod may still be on its way: a restore nobody has taken up.
        var mayAwaitPod = false
        /// Since it was made.
        var age: Duration = .zero
        /// For how long no agent has run there.
        var agentMissingFor: Duration
    }

    /// How long is waited for what may still come.
    struct Patience {
        /// For an agent on the node.
        var agent: Duration
        /// For the pod of a restore.
        var pod: Duration
    }

    /// - Parameters:
    ///   - owner: `backup` or `restore`.
    ///   - pod: For messages.
    static func decide(_ situation: Situation, owner: String, pod: String, patience: Patience) -> WatchDecision {
        if situation.ownerHasEnded, !situation.isCancelled { return .cancel }
        if situation.isWithoutNode { return .finish(.failed, message: "it names no node, so no node agent takes it") }
        if !situation.node.isEmpty, !situation.nodeExists {
            return .finish(.failed, message: "node \(situation.node) is gone")
        }
        if situation.agentRuns { return .leave }
        if !situation.ownerExists { return .finish(.failed, message: "the \(owner) it belongs to is gone") }
        if situation.isCancelled { return .finish(.canceled, message: "\(owner) was cancelled") }
        if !situation.podExists {
            guard situation.mayAwaitPod else { return .finish(.failed, message: "pod \(pod) is gone") }
            guard situation.age >= patience.pod else { return .lookAgain }
            return .finish(.failed, message: "pod \(pod) did not appear within \(GoDuration(patience.pod))")
        }
        guard !situation.node.isEmpty, situation.agentMissingFor >= patience.agent else { return .lookAgain }
        return .finish(
            .failed,
            message:
                "no node-agent pod has been running in node \(situation.node) for \(GoDuration(patience.agent)); let the "
                + "DaemonSet run there (taints, node selectors, resources)"
        )
    }
}
