// SPDX-License-Identifier: Apache-2.0

internal import KubeModel

extension PodVolumeResource {
    /// Agents that fail in a row with one resource before it counts as what ends them.
    package static var maximumUnfinishedAttempts: Int { 3 }

    /// How many agents began with this resource and neither brought it to an end nor left it to another when they were told to end.
    package var unfinishedAttempts: Int {
        get { metadata[annotation: VeleroAnnotation.unfinishedAttempts].flatMap(Int.init).map { max(0, $0) } ?? 0 }
        set { metadata[annotation: VeleroAnnotation.unfinishedAttempts] = newValue > 0 ? String(newValue) : nil }
    }

    /// How a resource ends that ended its agents time and again; nil if it may be tried once more.
    var exhaustion: PodVolumeAction? {
        guard phase == .inProgress, unfinishedAttempts >= Self.maximumUnfinishedAttempts else { return nil }
        return .finish(.failed, message: "the node agent ended \(unfinishedAttempts) times while moving this volume")
    }
}
