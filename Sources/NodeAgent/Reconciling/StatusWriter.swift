// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import Logging
import VeleroAPI

/// Writes the status of one kind's resources.
struct StatusWriter<Resource: PodVolumeResource>: Sendable {
    let client: KubeClient
    let clock: any Clock<Duration>

    private static var firstPause: Duration { .milliseconds(500) }
    private static var longestPause: Duration { .seconds(30) }
    /// How long rights that are missing may take to come back.
    static var rightsPatience: Duration { .seconds(300) }
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

    /// Writes what must not be lost: again and again while the server cannot be reached, upon whatever the resource has become
    /// meanwhile, and never over an end that somebody else wrote.
    ///
    /// - Parameters:
    ///   - known: The resource as this agent last saw it.
    ///   - finish: Writes the end into it; may be called more than once.
    /// - Returns: What the server has; nil if the resource is gone, or another one of its name is there.
    /// - Throws: ``KubeError`` for what will not get better by itself, also for rights that have been missing for minutes;
    ///   `CancellationError`.
    func writeEnd(
        _ known: Resource,
        _ logger: Logger,
        _ finish: (inout Resource) -> Void
    ) async throws -> Resource? {
        var current = known
        var pause = Self.firstPause
        let stopwatch = Stopwatch(clock: clock)
        while true {
            do {
                var end = current
                finish(&end)
                return try await write(from: current, to: end, isGuarded: true)
            } catch let error as KubeError {
                try Task.checkCancellation()
                switch error.code {
                case .notFound: return nil
                case .conflict:
                    if let changed = try await changed(since: current, logger, until: stopwatch) {
                        guard !changed.phase.isFinal else { return changed }
                        current = changed
                        continue
                    }
                    return nil
                // A server comes back, and rights may be given back.
                case .network, .throttled, .unavailable, .malformed: Self.tell(error, pause, logger)
                case .unauthorized, .forbidden, .credentials:
                    guard stopwatch.elapsed < Self.rightsPatience else { throw error }
                    Self.tell(error, pause, logger)
                default: throw error
                }
            }
            try await clock.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// The resource as the server has it; nil if it is gone, or another one of its name is there.
    private func changed(since known: Resource, _ logger: Logger, until stopwatch: Stopwatch) async throws -> Resource?
    {
        var pause = Self.firstPause
        while true {
            do {
                let found = try await client.get(Resource.self, known.key)
                return found?.metadata.uid == known.metadata.uid ? found : nil
            } catch let error as KubeError {
                try Task.checkCancellation()
                guard !error.isOfRights || stopwatch.elapsed < Self.rightsPatience else { throw error }
                Self.tell(error, pause, logger)
            }
            try await clock.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private static func tell(_ error: KubeError, _ pause: Duration, _ logger: Logger) {
        logger.warning(
            "The end cannot be written into the status, trying again",
            metadata: ["error": "\(error)", "pause": "\(pause)"]
        )
    }
}

extension KubeError {
    /// Whether the request was refused for who sent it, not for what it says.
    var isOfRights: Bool { [.unauthorized, .forbidden, .credentials].contains(code) }
}

extension PodVolumeResource {
    /// This resource with its end written into it.
    func finished(_ phase: PodVolumePhase, message: String, at time: KubeTime) -> Self {
        var copy = self
        copy.finish(phase, message: String(message.prefix(StatusWriter<Self>.maximumMessageLength)), at: time)
        return copy
    }
}
