// SPDX-License-Identifier: Apache-2.0

/// The sections of a shared credentials or config file; pure.
package struct ProfileFile: Hashable, Sendable {
    /// Settings by profile name, setting names in lowercase.
    package private(set) var profiles: [String: [String: String]] = [:]

    /// Which of the two files it is.
    package enum Kind: Sendable {
        /// Sections are profile names.
        case credentials
        /// Sections are `default` or `profile NAME`; others are something else.
        case config
    }

    package init() {}

    /// Reads the lenient dialect of INI that these files use; lines that make no sense are skipped, as the other tools do.
    package init(parsing text: String, kind: Kind) {
        var current: String?
        for rawLine in text.split(whereSeparator: \.isNewline) {
            let isIndented = rawLine.first?.isWhitespace ?? false
            let line = Self.trimmed(rawLine)
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                guard let end = line.firstIndex(of: "]") else {
                    current = nil
                    continue
                }
                let title = Self.trimmed(line[line.index(after: line.startIndex)..<end])
                current = Self.profileName(title, kind: kind)
                if let current, profiles[current] == nil { profiles[current] = [:] }
                continue
            }
            // An indented line belongs to the setting above it (such as `s3 =`), of which none matters here.
            guard let current, !isIndented, let equals = line.firstIndex(of: "=") else { continue }
            let name = Self.trimmed(line[..<equals]).lowercased()
            let value = Self.withoutComment(Self.trimmed(line[line.index(after: equals)...]))
            if !name.isEmpty { profiles[current, default: [:]][name] = String(value) }
        }
    }

    /// Settings of both files together; those of `other` win.
    package func merged(with other: ProfileFile) -> ProfileFile {
        var result = self
        for (name, settings) in other.profiles {
            result.profiles[name, default: [:]].merge(settings) { _, new in new }
        }
        return result
    }

    private static func profileName(_ title: Substring, kind: Kind) -> String? {
        switch kind {
        case .credentials: return String(title)
        case .config:
            if title == "default" { return "default" }
            guard title.hasPrefix("profile"), let gap = title.dropFirst(7).first, gap.isWhitespace || gap == "\"" else {
                return nil
            }
            let name = trimmed(title.dropFirst(7))
            return String(
                name.first == "\"" && name.last == "\"" && name.count > 1 ? name.dropFirst().dropLast() : name
            )
        }
    }

    /// A `#` or `;` after a blank begins a comment.
    private static func withoutComment(_ value: Substring) -> Substring {
        var previous: Character = " "
        for index in value.indices {
            if value[index] == "#" || value[index] == ";", previous.isWhitespace { return trimmed(value[..<index]) }
            previous = value[index]
        }
        return value
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
