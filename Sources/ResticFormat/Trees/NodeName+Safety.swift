// SPDX-License-Identifier: Apache-2.0

extension NodeName {
    /// Refuses names that would leave the directory they are restored into.
    ///
    /// - Throws: ``FormatError`` with `.malformed` for an empty name, `.`, `..`, and names holding `/` or NUL.
    package static func checkForRestore(_ name: borrowing Span<UInt8>) throws(FormatError) {
        guard name.count > 0 else { throw FormatError(.malformed, "a node has an empty name") }
        var isOnlyDots = name.count <= 2
        for index in 0..<name.count {
            switch name[index] {
            case UInt8(ascii: "/"), 0:
                throw FormatError(.malformed, "node name \(display(name)) holds a path separator or NUL")
            case UInt8(ascii: "."): break
            default: isOnlyDots = false
            }
        }
        guard !isOnlyDots else { throw FormatError(.malformed, "node name \(display(name)) is a directory reference") }
    }

    /// The name for people to read, quoted, with unprintable bytes escaped.
    package static func display(_ name: borrowing Span<UInt8>) -> String {
        var text: [UInt8] = [UInt8(ascii: "\"")]
        append(name, to: &text)
        text.append(UInt8(ascii: "\""))
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether `left` sorts before `right` in a tree: unsigned, byte by byte.
    package static func isOrdered(_ left: [UInt8], before right: [UInt8]) -> Bool {
        left.lexicographicallyPrecedes(right)
    }
}
