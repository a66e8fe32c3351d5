// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import VeleroAPI

/// Writes the status of one kind's resources.
struct StatusWriter<Resource: PodVolumeResource>: Sendable {
    let client: KubeClient
    let clock: any Clock<Duration>

    private static var firstPause: Duration { .milliseconds(500) }
    private static var longestPause: Duration { .seconds(30) }
    /// Longest message of a status, in characters.
    static var maximumMessageLength: Int { 4096 }

    /// Sends what changed; refused by the server if the resource is another one by now.
    ///
    /// - Parameter isGuarded: Whether it is refused too if anything else changed since `old` was read.
    /// - Throws: ``KubeError``; `.conflict` for refusals of either sort.
    func write(from old: Resource, to new: Resource, isGuarded: Bool = false) async throws -> Resource {
        var change = MergePatch.difference(from: old.object.json, to: new.object.json) ?? [:]
        change[["metadata", "uid"]] = old.metadata.uid.map { .string($0) }
        if isGuarded { change[["metadata", "resourceVersion"]] = old.metadata.resourceVersion.map { .string($0) } }
        return try await client.patch(Resource.self, old.key, .merge(change))
    }

    /// Sends what must not be lost: again and again while the server cannot be reached.
    ///
    /// - Returns: False if the resource is gone.
    /// - Throws: ``KubeError`` for what will not get better by itself, `CancellationError`.
    func writeEnd(from old: Resource, to new: Resource) async throws -> Bool {
        var pause = Self.firstPause
        while true {
            do {
                _ = try await write(from: old, to: new)
                return true
            } catch let error as KubeError {
                try Task.checkCancellation()
                switch error.code {
                case .notFound, .conflict: return false
                // Rights may be given back, and a server comes back.
                case .network, .throttled, .unavailable, .malformed, .unauthorized, .forbidden, .credentials: break
                default: throw error
                }
            }
            try await clock.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }
}

extension PodVolumeResource {
    /// This resource with its end written into it.
    func finished(_ phase: PodVolumePhase, message: String, at time: KubeTime) -> Self {
        var copy = self
        copy.finish(phase, message: String(message.prefix(StatusWriter<Self>.maximumMessageLength)), at: time)
        return copy
    }
}
