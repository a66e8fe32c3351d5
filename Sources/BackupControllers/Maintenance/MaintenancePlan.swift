// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

/// When a repository is pruned next; decides only.
enum MaintenancePlan {
    /// After which a prune that failed is tried again.
    static let pauseAfterFailure: Duration = .seconds(30 * 60)
    /// Runs kept in the status.
    static let historyCount = 3

    /// How long to wait; zero if it is due, nil if it never is.
    static func pause<Resource: RepositoryResource>(
        _ resource: Resource,
        frequency defaultFrequency: Duration,
        lastFailure: KubeTime?,
        now: KubeTime
    ) -> Duration? {
        guard resource.phase == .ready, resource.format.isRestic, !resource.metadata.isBeingDeleted else { return nil }
        let given = resource.maintenanceFrequency?.duration ?? .zero
        let frequency = given == .zero ? defaultFrequency : given
        guard frequency > .zero else { return nil }
        var moment = resource.lastMaintenanceTime.map { $0.advanced(by: frequency) } ?? now
        if let failure = lastFailure ?? Self.lastFailure(resource.object) {
            moment = max(moment, failure.advanced(by: min(pauseAfterFailure, frequency)))
        }
        return max(.zero, now.duration(to: moment))
    }

    /// Notes a run in the status.
    static func record<Resource: RepositoryResource>(
        _ resource: inout Resource,
        start: KubeTime,
        end: KubeTime,
        problem: String?
    ) {
        if problem == nil { resource.lastMaintenanceTime = end }
        resource.message = problem
        guard Resource.keepsHistory else { return }
        var run: JSONObject = [
            "result": MaintenanceResult(problem).json, "startTimestamp": start.json, "completeTimestamp": end.json,
        ]
        if let problem { run["message"] = .string(problem) }
        let history = (resource["status", "recentMaintenance"]?.array ?? []) + [.object(run)]
        resource["status", "recentMaintenance"] = .array(history.suffix(historyCount))
    }

    /// When the latest run of the status ended, if it failed.
    private static func lastFailure(_ object: KubeObject) -> KubeTime? {
        guard let run = object["status", "recentMaintenance"]?.array?.last,
            run["result"]?.string == MaintenanceResult.failed.text
        else { return nil }
        return run["completeTimestamp"].flatMap(KubeTime.read)
    }
}

extension MaintenanceResult {
    fileprivate init(_ problem: String?) { self = problem == nil ? .succeeded : .failed }
}
