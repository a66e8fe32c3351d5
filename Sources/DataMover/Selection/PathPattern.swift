// SPDX-License-Identifier: Apache-2.0

/// A pattern that names files and directories by their paths.
///
/// The pattern is divided at slashes and each part compared with one name: literally, or as a shell pattern with `*`, `?` and
/// `[…]`. The part `**` stands for any number of names, none included. A leading slash ties the pattern to the root; any other
/// may begin at every depth. What lies below a match matches too. A leading `!` takes matches of earlier patterns back.
package struct PathPattern: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case name(GlobPattern)
        case anyDepth
    }

    /// The pattern as it was given.
    package let text: String
    /// Whether the pattern takes back matches of earlier ones.
    package let isNegated: Bool
    private let isRooted: Bool
    private let ignoresCase: Bool
    private let parts: [Part]

    /// A pattern that cannot be understood.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        package let text: String

        package var description: String {
            "the pattern “\(text)” is malformed: a “[” needs a “]” with something between, a “\\” a character after it"
        }
    }

    /// Reads a pattern.
    ///
    /// - Parameter ignoresCase: Compare lowercase forms of pattern and path.
    /// - Throws: ``Malformed`` for an empty pattern, a set that is empty or not closed, and a `\` without a character.
    package init(_ text: String, ignoresCase: Bool = false) throws(Malformed) {
        guard !text.isEmpty else { throw Malformed(text: text) }
        self.text = text
        self.ignoresCase = ignoresCase
        isNegated = text.utf8.first == UInt8(ascii: "!")
        var bytes = Array(text.utf8.dropFirst(isNegated ? 1 : 0))
        if ignoresCase { bytes = CaseFolding.lowercase(bytes) }
        isRooted = bytes.first == UInt8(ascii: "/")
        var parts: [Part] = []
        for name in Self.cleanedNames(bytes, isRooted: isRooted) {
            if name == Array("**".utf8) {
                if parts.last != .anyDepth { parts.append(.anyDepth) }
            } else {
                guard let glob = GlobPattern(name) else { throw Malformed(text: text) }
                parts.append(.name(glob))
            }
        }
        self.parts = parts
    }

    /// Whether the path or a directory above it matches; negation is not considered.
    package func matches(_ path: PathComponents) -> Bool {
        matches(names: folded(path.names), isAbsolute: path.isAbsolute)
    }

    /// Whether something below the path may match; true when in doubt.
    package func mayMatch(below path: PathComponents) -> Bool {
        mayMatch(belowNames: folded(path.names))
    }

    func matches(names: [[UInt8]], isAbsolute: Bool) -> Bool {
        if isRooted, !isAbsolute { return false }
        var part = 0
        var index = 0
        // A pattern that may begin anywhere behaves as if `**` stood before it.
        var retry: (part: Int, index: Int)? = isRooted ? nil : (0, 0)
        while true {
            if part == parts.count { return true }
            if parts[part] == .anyDepth {
                part += 1
                retry = (part, index)
            } else if index < names.count, case .name(let glob) = parts[part], glob.matches(names[index]) {
                part += 1
                index += 1
            } else if let last = retry, last.index < names.count {
                retry = (last.part, last.index + 1)
                (part, index) = (last.part, last.index + 1)
            } else {
                return false
            }
        }
    }

    func mayMatch(belowNames names: [[UInt8]]) -> Bool {
        guard isRooted else { return true }
        for (part, name) in zip(parts, names) {
            guard case .name(let glob) = part else { return true }
            if !glob.matches(name) { return false }
        }
        return true
    }

    private func folded(_ names: [[UInt8]]) -> [[UInt8]] {
        ignoresCase ? names.map(CaseFolding.lowercase) : names
    }

    /// The names of a pattern without `.`, empty parts and, as far as possible, `..`.
    private static func cleanedNames(_ bytes: [UInt8], isRooted: Bool) -> [[UInt8]] {
        let current = [UInt8(ascii: ".")]
        let parent = Array("..".utf8)
        var names: [[UInt8]] = []
        for name in bytes.split(separator: UInt8(ascii: "/")).map(Array.init) where name != current {
            if name == parent, let last = names.last, last != parent {
                names.removeLast()
            } else if name != parent || !isRooted {
                names.append(name)
            }
        }
        return names.isEmpty && !isRooted ? [current] : names
    }
}
