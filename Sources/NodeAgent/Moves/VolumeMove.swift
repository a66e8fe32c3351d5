// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeModel
import VeleroAPI

/// The backup or restore of one volume while it runs.
protocol VolumeMove: Sendable {
    associatedtype Resource: PodVolumeResource

    /// Moves the volume.
    ///
    /// - Returns: Writes how it ended into the resource.
    /// - Throws: Why it failed, in words for the resource's status; `CancellationError`.
    func run() async throws -> @Sendable (inout Resource, KubeTime) -> Void

    /// Writes into the resource how far the move is.
    func report(into resource: inout Resource)

    /// What was moved so far.
    var counts: MoveCounts { get }

    /// Knows how long the calls on the volume take.
    var monitor: BlockingMonitor { get }

    /// A number that changes whenever the move comes on.
    var activity: Int { get }
}

/// How a move came to its end.
struct MoveEnd: Sendable {
    /// Whether the resource tells its end now.
    var wroteEnd: Bool
    /// What is still stuck in a call on the volume.
    var stuck: Abandoned?
}

/// What a move moved so far, for metrics.
struct MoveCounts: Sendable, Hashable {
    var bytes = 0
    var files = 0
    /// Bytes added to the repository.
    var storedBytes = 0
}
