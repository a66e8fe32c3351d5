// SPDX-License-Identifier: Apache-2.0

/// A list of patterns, some of which may take back what earlier ones matched.
package struct PathFilter: Hashable, Sendable {
    private let exact: [PathPattern]
    private let caseless: [PathPattern]

    /// What a filter says about a path.
    package struct Match: Hashable, Sendable {
        /// The path, or a directory above it, matches.
        package var isMatched: Bool
        /// Something below the path may match.
        package var mayMatchBelow: Bool
    }

    /// A filter that matches nothing.
    package static let empty = PathFilter(exact: [], caseless: [])

    private init(exact: [PathPattern], caseless: [PathPattern]) {
        self.exact = exact
        self.caseless = caseless
    }

    /// Reads patterns; the two lists are judged apart, so that a negation only reaches its own list.
    ///
    /// - Parameters:
    ///   - patterns: Patterns compared as they are; empty ones are passed over.
    ///   - caselessPatterns: Patterns compared without regard to case.
    /// - Throws: ``PathPattern/Malformed``.
    package init(patterns: [String], caselessPatterns: [String] = []) throws(PathPattern.Malformed) {
        var exact: [PathPattern] = []
        for text in patterns where !text.isEmpty { exact.append(try PathPattern(text)) }
        var caseless: [PathPattern] = []
        for text in caselessPatterns where !text.isEmpty { caseless.append(try PathPattern(text, ignoresCase: true)) }
        self.init(exact: exact, caseless: caseless)
    }

    /// Whether there are no patterns.
    package var isEmpty: Bool { exact.isEmpty && caseless.isEmpty }

    /// Whether the path, or a directory above it, matches.
    package func matches(_ path: PathComponents) -> Bool { match(path).isMatched }

    /// Judges a path: patterns in order, the last one that has a say deciding.
    package func match(_ path: PathComponents) -> Match {
        var result = Match(isMatched: false, mayMatchBelow: false)
        if !exact.isEmpty { result = Self.judge(exact, path.names, path.isAbsolute) }
        if !caseless.isEmpty {
            let other = Self.judge(caseless, path.names.map(CaseFolding.lowercase), path.isAbsolute)
            result.isMatched = result.isMatched || other.isMatched
            result.mayMatchBelow = result.mayMatchBelow || other.mayMatchBelow
        }
        return result
    }

    private static func judge(_ patterns: [PathPattern], _ names: [[UInt8]], _ isAbsolute: Bool) -> Match {
        var result = Match(isMatched: false, mayMatchBelow: false)
        for pattern in patterns {
            if pattern.isNegated {
                guard result.isMatched || result.mayMatchBelow, pattern.matches(names: names, isAbsolute: isAbsolute)
                else { continue }
                result = Match(isMatched: false, mayMatchBelow: false)
            } else {
                if !result.isMatched { result.isMatched = pattern.matches(names: names, isAbsolute: isAbsolute) }
                if !result.mayMatchBelow { result.mayMatchBelow = pattern.mayMatch(belowNames: names) }
            }
        }
        return result
    }
}
