// SPDX-License-Identifier: Apache-2.0

import LocationAccess
import VeleroAPI

/// How the programs inside of a cluster use repositories.
enum ServerStorage {
    static func configuration(namespace: String, in context: CommandContext) -> LocationRepositories.Configuration {
        var configuration = LocationRepositories.Configuration(namespace: namespace)
        configuration.variables = context.environment
        // Where Velero keeps it, so that a volume for it serves both.
        configuration.cacheDirectory = context.variable("VELERO_SCRATCH_DIR").map { "\($0)/.cache/restic" }
        return configuration
    }
}

/// Durations of the servers' flags, written as Go writes them.
enum ServerDurations {
    /// - Throws: ``CommandFailure`` for anything but a duration above zero; nil for no flag.
    static func positive(_ text: String?, flag: String) throws -> Duration? {
        guard let text else { return nil }
        guard let duration = GoDuration(parsing: text), duration.nanoseconds > 0 else {
            throw CommandFailure("\(flag): '\(text)' is no duration such as 10m")
        }
        return .nanoseconds(duration.nanoseconds)
    }
}
