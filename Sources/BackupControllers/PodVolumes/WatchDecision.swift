// SPDX-License-Identifier: Apache-2.0

import VeleroAPI

/// What becomes of an unfinished backup or restore of a volume, seen from outside its node; decides only.
enum WatchDecision: Equatable {
    /// Its agent sees to it, or somebody has to act first.
    case leave
    /// To be looked at again, though nothing may change.
    case lookAgain
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
        /// For how long no agent has run there.
        var agentMissingFor: Duration
    }

    /// - Parameters:
    ///   - owner: `backup` or `restore`.
    ///   - pod: For messages.
    static func decide(_ situation: Situation, owner: String, pod: String, agentTimeout: Duration) -> WatchDecision {
        if !situation.node.isEmpty, !situation.nodeExists {
            return .finish(.failed, message: "node \(situation.node) is gone")
        }
        if situation.agentRuns { return .leave }
        if !situation.ownerExists { return .finish(.failed, message: "the \(owner) it belongs to is gone") }
        if situation.isCancelled { return .finish(.canceled, message: "\(owner) was cancelled") }
        if !situation.podExists { return .finish(.failed, message: "pod \(pod) is gone") }
        guard !situation.node.isEmpty, situation.agentMissingFor >= agentTimeout else { return .lookAgain }
        return .finish(
            .failed,
            message:
                "no node-agent pod has been running in node \(situation.node) for \(GoDuration(agentTimeout)); let the DaemonSet "
                + "run there (taints, node selectors, resources)"
        )
    }
}
