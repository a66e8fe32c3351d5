// SPDX-License-Identifier: Apache-2.0

import KubeClient

/// What a reflector does next: list, watch from where it stands, or wait; decides only.
struct ReflectorState: Sendable {
    enum Action: Equatable {
        case list
        case watch(resourceVersion: String)
    }

    /// Upper bounds of the waiting time after failures.
    static let firstPause: Duration = .milliseconds(800)
    static let longestPause: Duration = .seconds(30)
    /// A watch that ends sooner, and brought nothing, counts as failed.
    static let shortLifetime: Duration = .seconds(1)
    /// Refused watches in a row after which the resource version is doubted.
    static let maximumRefusalCount = 3

    private var resourceVersion: String?
    private var failureCount = 0
    private var refusalCount = 0

    var action: Action { resourceVersion.map { .watch(resourceVersion: $0) } ?? .list }

    /// The whole collection was listed.
    mutating func listed(resourceVersion: String) {
        self.resourceVersion = resourceVersion
        failureCount = 0
        refusalCount = 0
    }

    /// A change or a bookmark came in.
    mutating func advanced(to resourceVersion: String) {
        self.resourceVersion = resourceVersion
        failureCount = 0
        refusalCount = 0
    }

    /// Listing failed.
    ///
    /// - Parameter jitter: 0 ... 1.
    /// - Returns: How long to wait.
    mutating func listFailed(jitter: Double) -> Duration {
        resourceVersion = nil
        return pause(jitter)
    }

    /// The server ended the watch.
    mutating func watchEnded(lifetime: Duration, broughtNews: Bool, jitter: Double) -> Duration {
        guard lifetime < Self.shortLifetime, !broughtNews else { return .zero }
        return pause(jitter)
    }

    /// The watch was refused or cut.
    ///
    /// - Parameter isRefusal: Whether the server said so itself, in contrast to a connection that ended.
    mutating func watchFailed(_ code: KubeError.Code?, isRefusal: Bool, jitter: Double) -> Duration {
        if code == .expired {
            // The state is no longer kept; listing anew is what the server asks for, at once unless it repeats itself.
            let pause = failureCount == 0 ? .zero : pause(jitter)
            failureCount += 1
            resourceVersion = nil
            return pause
        }
        if isRefusal {
            refusalCount += 1
            // A server restored from an older state refuses versions it has yet to reach.
            if refusalCount >= Self.maximumRefusalCount { resourceVersion = nil }
        }
        return pause(jitter)
    }

    private mutating func pause(_ jitter: Double) -> Duration {
        failureCount += 1
        var bound = Self.firstPause
        for _ in 1..<min(failureCount, 8) { bound *= 2 }
        // At least half, so that a server in trouble does get a rest.
        return min(bound, Self.longestPause) * (0.5 + jitter / 2)
    }
}
