// SPDX-License-Identifier: Apache-2.0

/// A place in a JSON value (RFC 6901).
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    /// Member names and array indexes; none for the whole value.
    package var tokens: [String]

    package init(_ tokens: [String]) { self.tokens = tokens }

    /// Reads `/a/b~1c/0`; nil if it does not begin with a slash or holds a wrong escape.
    package init?(parsing text: String) {
        guard !text.isEmpty else {
            tokens = []
            return
        }
        guard text.first == "/" else { return nil }
        tokens = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            var token = ""
            var isEscaped = false
            for character in part {
                if isEscaped {
                    guard character == "0" || character == "1" else { return nil }
                    token.append(character == "0" ? "~" : "/")
                    isEscaped = false
                } else if character == "~" {
                    isEscaped = true
                } else {
                    token.append(character)
                }
            }
            guard !isEscaped else { return nil }
            tokens.append(token)
        }
    }

    package var description: String {
        tokens.map { token in
            "/"
                + token.reduce(into: "") { text, character in
                    switch character {
                    case "~": text += "~0"
                    case "/": text += "~1"
                    default: text.append(character)
                    }
                }
        }.joined()
    }
}
