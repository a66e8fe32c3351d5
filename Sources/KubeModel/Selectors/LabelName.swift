// SPDX-License-Identifier: Apache-2.0

/// The rules of names and values of labels.
package enum LabelName {
    /// Whether `key` may be a label's name: at most 63 letters, digits, `-`, `_`, `.`, with an optional DNS prefix before a slash.
    package static func isValidKey(_ key: String) -> Bool {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isValidName(parts[0])
        case 2: return isValidPrefix(parts[0]) && isValidName(parts[1])
        default: return false
        }
    }

    /// Whether `value` may be a label's value: empty, or as a name without prefix.
    package static func isValidValue(_ value: String) -> Bool { value.isEmpty || isValidName(value[...]) }

    private static func isValidName(_ name: Substring) -> Bool {
        guard name.utf8.count <= 63, let first = name.utf8.first, let last = name.utf8.last else { return false }
        return first.isLetterOrDigit && last.isLetterOrDigit
            && name.utf8.allSatisfy { $0.isLetterOrDigit || "-_.".utf8.contains($0) }
    }

    private static func isValidPrefix(_ prefix: Substring) -> Bool {
        guard !prefix.isEmpty, prefix.utf8.count <= 253 else { return false }
        return prefix.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return first.isLowercaseOrDigit && last.isLowercaseOrDigit
                && label.utf8.allSatisfy { $0.isLowercaseOrDigit || $0 == UInt8(ascii: "-") }
        }
    }
}

extension UInt8 {
    fileprivate var isLowercaseOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }

    fileprivate var isLetterOrDigit: Bool {
        isLowercaseOrDigit || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }
}
