// SPDX-License-Identifier: Apache-2.0

/// How much a command says.
package enum Verbosity: Int, Comparable, Sendable {
    case quiet = 0
    case normal = 1
    /// `-v`
    case verbose = 2
    /// `-vv`: a line per file.
    case everyItem = 3

    package init(quiet: Bool, verboseCount: Int) throws(CommandFailure) {
        guard !(quiet && verboseCount > 0) else {
            throw CommandFailure("--quiet and --verbose exclude each other; give one of them")
        }
        self = quiet ? .quiet : Verbosity(rawValue: min(3, 1 + verboseCount)) ?? .normal
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
