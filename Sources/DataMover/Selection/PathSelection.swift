// SPDX-License-Identifier: Apache-2.0

/// Which entries of a tree to take, by patterns to include and to exclude.
package struct PathSelection: Hashable, Sendable {
    /// Take only what matches; everything if empty.
    package var includes: PathFilter
    /// Leave out what matches, even if included.
    package var excludes: PathFilter

    package init(includes: PathFilter = .empty, excludes: PathFilter = .empty) {
        self.includes = includes
        self.excludes = excludes
    }

    /// Takes everything.
    package static let all = PathSelection()

    /// What to do with an entry.
    package struct Decision: Hashable, Sendable {
        /// The entry itself is taken.
        package var isSelected: Bool
        /// Entries below may be taken, should this be a directory.
        package var maySelectBelow: Bool
    }

    /// Decides on one entry.
    package func decide(_ path: PathComponents) -> Decision {
        if !excludes.isEmpty, excludes.matches(path) { return Decision(isSelected: false, maySelectBelow: false) }
        if includes.isEmpty { return Decision(isSelected: true, maySelectBelow: true) }
        let match = includes.match(path)
        return Decision(isSelected: match.isMatched, maySelectBelow: match.mayMatchBelow)
    }
}
