// SPDX-License-Identifier: Apache-2.0

/// A command that is run in a pod before or after it is backed up.
package struct BackupHook: Sendable, Hashable {
    /// When a hook runs.
    package enum Phase: String, Sendable {
        case pre, post
    }

    /// Who asked for it, for messages.
    package var name: String
    /// Nil for the pod's first container.
    package var container: String?
    package var command: [String]
    /// Whether a failure stops the pod's other hooks and keeps the pod out of the backup; only when somebody said so.
    package var failsPod = false
    package var timeout: Duration = Self.defaultTimeout

    package static let defaultTimeout: Duration = .seconds(30)

    package init(name: String, command: [String]) {
        self.name = name
        self.command = command
    }
}

/// How many hooks a backup ran.
package struct HookCounts: Sendable, Hashable {
    package var attempted = 0
    package var failed = 0

    package init() {}
}
