// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import Telemetry
import VeleroAPI

/// What all controllers work with.
struct ControllerContext: Sendable {
    let settings: ControllerSettings
    let client: KubeClient
    let repositories: LocationRepositories
    let events: EventRecorder
    let metrics: MetricRegistry
    let logger: Logger
    let clock: any Clock<Duration>
    let now: @Sendable () -> KubeTime

    /// Changes an object by a patch that the server refuses if it changed meanwhile, and reads it again then.
    ///
    /// - Parameter change: Called with each newer state; false leaves the object as it is.
    /// - Returns: The object as the server keeps it; nil if it is gone.
    func update<Resource: KubeResource>(
        _: Resource.Type,
        _ key: ObjectKey,
        _ change: @Sendable (inout Resource) -> Bool
    ) async throws -> Resource? {
        for attempt in 1... {
            guard let old = try await client.get(Resource.self, key) else { return nil }
            var new = old
            guard change(&new) else { return old }
            do {
                return try await client.update(from: old, to: new, isExclusive: true)
            } catch let error as KubeError {
                if error.code == .notFound { return nil }
                guard error.code == .conflict, attempt < 10 else { throw error }
            }
        }
        return nil
    }

    /// Tells of a watch that does not go well.
    func report(_ type: ResourceType) -> @Sendable (Reflector.Report) -> Void {
        { [logger] report in
            switch report {
            case .listed: break
            case .failed(let error, let pause):
                logger.warning(
                    "following resources failed and is tried again",
                    metadata: ["resource": "\(type)", "error": "\(error)", "pause": "\(pause)"]
                )
            case .undecodable(let problem):
                logger.warning("a resource cannot be read", metadata: ["resource": "\(type)", "error": "\(problem)"])
            }
        }
    }

    /// Tells of a key whose reconciling failed and is repeated.
    func failed<Key>(_ what: String) -> @Sendable (Controller<Key>.Failure) -> Void {
        { [logger] failure in
            logger.warning(
                "reconciling failed and is tried again",
                metadata: [
                    "controller": "\(what)", "key": "\(failure.key)", "error": "\(failure.error)",
                    "attempt": "\(failure.count)",
                ]
            )
        }
    }
}
