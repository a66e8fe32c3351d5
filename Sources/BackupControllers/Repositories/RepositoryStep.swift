// SPDX-License-Identifier: Apache-2.0

import KubeModel
import LocationAccess
import VeleroAPI

/// What the server remembers of a repository between two looks; lost with the process.
struct RepositoryMemory: Sendable {
    /// What the location said when the repository was last connected to.
    var version: RepositoryAccess.Version?
    /// When that was, on the controller's stopwatch.
    var lastConnection: Duration?
    var lastUnlock: Duration?
}

/// What is done next with a repository; decides only.
enum RepositoryStep: Equatable {
    /// Open it, or make it if there is none.
    case connect
    /// Remove locks that were left behind.
    case unlock
    case wait(Duration)

    /// - Parameters:
    ///   - isIdentifierSame: Whether the resource names the repository as the location does.
    ///   - version: What the location says now.
    ///   - now: On the controller's stopwatch.
    static func decide(
        _ phase: RepositoryPhase,
        isIdentifierSame: Bool,
        version: RepositoryAccess.Version,
        memory: RepositoryMemory,
        now: Duration,
        interval: Duration
    ) -> RepositoryStep {
        let hasChanged = memory.version.map { $0 != version } ?? false
        switch phase {
        case .ready:
            // One found ready after a start is believed: to open all of them would cost a second of processor each.
            if !isIdentifierSame || hasChanged { return .connect }
            return due(memory.lastUnlock, now, interval).map { .wait($0) } ?? .unlock
        case .notReady:
            if !isIdentifierSame || hasChanged { return .connect }
            return due(memory.lastConnection, now, interval).map { .wait($0) } ?? .connect
        case .new, .unknown: return .connect
        }
    }

    /// The time left; nil if it is over.
    private static func due(_ last: Duration?, _ now: Duration, _ interval: Duration) -> Duration? {
        guard let last, last + interval > now else { return nil }
        return last + interval - now
    }
}
