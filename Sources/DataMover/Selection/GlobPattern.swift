// SPDX-License-Identifier: Apache-2.0

internal import ResticFormat

/// A shell pattern for one name: `*`, `?`, `[a-z]`, `[^a-z]`, and `\` to take the next character as it stands.
///
/// A character is a Unicode scalar, or a single byte where a name is not UTF-8.
struct GlobPattern: Hashable, Sendable {
    private enum Token: Hashable, Sendable {
        case byte(UInt8)
        case anyCharacter
        case anyRun
        case set(ranges: [ClosedRange<UInt32>], isNegated: Bool)
    }

    private var tokens: [Token] = []
    /// The name that alone matches, if the pattern has no wildcards.
    private var literal: [UInt8]?

    /// Reads a pattern; nil if a set is not closed or empty, or a `\` ends the pattern.
    init?(_ text: [UInt8]) {
        guard text.contains(where: Self.isSpecial) else {
            literal = text
            return
        }
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "*"):
                if tokens.last != .anyRun { tokens.append(.anyRun) }
            case UInt8(ascii: "?"): tokens.append(.anyCharacter)
            case UInt8(ascii: "["):
                guard let set = Self.readSet(text, &index) else { return nil }
                tokens.append(set)
            case UInt8(ascii: "\\"):
                guard index < text.count else { return nil }
                tokens.append(.byte(text[index]))
                index += 1
            default: tokens.append(.byte(byte))
            }
        }
    }

    /// Whether the whole name matches.
    ///
    /// - Complexity: O(pattern × name) at worst; no recursion.
    func matches(_ name: [UInt8]) -> Bool {
        if let literal { return literal == name }
        var token = 0
        var index = 0
        var retry: (token: Int, index: Int)?
        while true {
            if token < tokens.count, tokens[token] == .anyRun {
                retry = (token + 1, index)
                token += 1
            } else if token < tokens.count, let length = match(tokens[token], name, at: index) {
                token += 1
                index += length
            } else if token == tokens.count, index == name.count {
                return true
            } else if let last = retry, last.index < name.count {
                // Let the last run take one character more.
                let next = last.index + Self.characterLength(name, at: last.index)
                retry = (last.token, next)
                (token, index) = (last.token, next)
            } else {
                return false
            }
        }
    }

    private func match(_ token: Token, _ name: [UInt8], at index: Int) -> Int? {
        guard index < name.count else { return nil }
        switch token {
        case .byte(let byte): return name[index] == byte ? 1 : nil
        case .anyCharacter: return Self.characterLength(name, at: index)
        case .anyRun: return nil
        case .set(let ranges, let isNegated):
            let scalar = UTF8Scalar(in: name.span, at: index)
            let value = scalar?.value ?? 0xfffd
            return ranges.contains { $0.contains(value) } != isNegated ? scalar?.byteCount ?? 1 : nil
        }
    }

    private static func characterLength(_ name: [UInt8], at index: Int) -> Int {
        UTF8Scalar(in: name.span, at: index)?.byteCount ?? 1
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"): true
        default: false
        }
    }

    private static func readSet(_ text: [UInt8], _ index: inout Int) -> Token? {
        var ranges: [ClosedRange<UInt32>] = []
        let isNegated = index < text.count && text[index] == UInt8(ascii: "^")
        if isNegated { index += 1 }
        while index < text.count {
            if text[index] == UInt8(ascii: "]"), !ranges.isEmpty {
                index += 1
                return .set(ranges: ranges, isNegated: isNegated)
            }
            guard let low = readSetCharacter(text, &index) else { return nil }
            var high = low
            if index < text.count, text[index] == UInt8(ascii: "-") {
                index += 1
                guard let end = readSetCharacter(text, &index) else { return nil }
                high = end
            }
            // A range that runs backwards matches nothing; 0x110000 is no character.
            ranges.append(low <= high ? low...high : 0x110000...0x110000)
        }
        return nil
    }

    private static func readSetCharacter(_ text: [UInt8], _ index: inout Int) -> UInt32? {
        guard index < text.count, text[index] != UInt8(ascii: "-"), text[index] != UInt8(ascii: "]") else { return nil }
        if text[index] == UInt8(ascii: "\\") { index += 1 }
        guard index < text.count, let scalar = UTF8Scalar(in: text.span, at: index) else { return nil }
        index += scalar.byteCount
        return scalar.value
    }
}
