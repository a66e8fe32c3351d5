// SPDX-License-Identifier: Apache-2.0

package import Logging

/// The names of log levels as Velero's flags and lines have them, against swift-log's.
package enum LogLevelName {
    /// What `--log-level` accepts, quietest last.
    package static let accepted = ["trace", "debug", "info", "warning", "error", "fatal", "panic"]

    /// The level a word of `--log-level` stands for; nil for any other word.
    package static func level(_ word: String) -> Logger.Level? {
        switch word.lowercased() {
        case "trace": .trace
        case "debug": .debug
        case "info": .info
        case "warn", "warning": .warning
        case "error": .error
        case "fatal", "panic": .critical
        default: nil
        }
    }

    /// The word of a line.
    static func word(_ level: Logger.Level) -> String {
        switch level {
        case .trace: "trace"
        case .debug: "debug"
        case .info, .notice: "info"
        case .warning: "warning"
        case .error: "error"
        case .critical: "fatal"
        }
    }
}
