// SPDX-License-Identifier: Apache-2.0

/// Files with one pattern a line.
package enum PatternFile {
    /// The patterns in the text of a file.
    ///
    /// Lines are trimmed; empty lines and lines that start with `#` are passed over. `$NAME` and `${NAME}` are replaced by the
    /// variable's value, nothing if it is not set; `$$` stands for `$`.
    ///
    /// - Parameters:
    ///   - text: The text; a byte order mark at its start is ignored.
    ///   - variable: The value of a variable, nil if it is not set.
    package static func patterns(in text: String, variable: (_ name: String) -> String?) -> [String] {
        let scalars = text.unicodeScalars
        let body = scalars.first == "\u{feff}" ? scalars.dropFirst() : scalars[...]
        var patterns: [String] = []
        for line in body.split(separator: "\n", omittingEmptySubsequences: true) {
            let trimmed = trim(line)
            if trimmed.isEmpty || trimmed.first == "#" { continue }
            patterns.append(expand(trimmed, variable: variable))
        }
        return patterns
    }

    private static func trim(_ line: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        var rest = line
        while let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
        return rest
    }

    private static func expand(_ line: Substring.UnicodeScalarView, variable: (String) -> String?) -> String {
        var output = ""
        var rest = line
        while let scalar = rest.popFirst() {
            guard scalar == "$", !rest.isEmpty else {
                output.unicodeScalars.append(scalar)
                continue
            }
            switch takeName(&rest) {
            case .name("$"): output += "$"
            case .name(let name): output += variable(name) ?? ""
            case .none: output += "$"
            case .malformed: break
            }
        }
        return output
    }

    private enum Reference {
        case name(String)
        case none
        case malformed
    }

    private static func takeName(_ rest: inout Substring.UnicodeScalarView) -> Reference {
        guard let first = rest.first else { return .none }
        if first == "{" {
            rest.removeFirst()
            guard let end = rest.firstIndex(of: "}") else { return .malformed }
            let name = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            return name.isEmpty ? .malformed : .name(name)
        }
        if isSpecial(first) {
            rest.removeFirst()
            return .name(String(first))
        }
        let name = rest.prefix { isNameScalar($0) }
        guard !name.isEmpty else { return .none }
        rest = rest[name.endIndex...]
        return .name(String(name))
    }

    private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "*", "#", "$", "@", "!", "?", "-", "0"..."9": true
        default: false
        }
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "_", "0"..."9", "a"..."z", "A"..."Z": true
        default: false
        }
    }
}
