// SPDX-License-Identifier: Apache-2.0

/// A name, or a pattern of names: `*` stands for any text, `?` for one character, `[a-c]` for one of a set and `[!a-c]` for one outside
/// of it.
package struct NamePattern: Sendable, Hashable, CustomStringConvertible {
    private enum Piece: Sendable, Hashable {
        case character(Character)
        case one
        case any
        case among([ClosedRange<Character>], isNegated: Bool)
    }

    /// As it was written.
    package let description: String
    private let pieces: [Piece]

    /// What is no well-formed set stands for itself.
    package init(_ text: String) {
        description = text
        var pieces: [Piece] = []
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "*":
                if pieces.last != .any { pieces.append(.any) }
            case "?": pieces.append(.one)
            case "[":
                if let (set, after) = Self.set(rest) {
                    pieces.append(set)
                    rest = after
                } else {
                    pieces.append(.character(character))
                }
            default: pieces.append(.character(character))
            }
        }
        self.pieces = pieces
    }

    /// Whether it admits every name.
    package var isEverything: Bool { pieces == [.any] }

    /// Whether it stands for no name but itself.
    package var isPlain: Bool {
        pieces.allSatisfy {
            if case .character = $0 { true } else { false }
        }
    }

    /// - Complexity: O(length of the pattern × length of the name), whatever the pattern.
    package func matches(_ name: String) -> Bool {
        let name = Array(name)
        var piece = 0
        var place = 0
        // Where to go on when the latest `*` has to take one character more.
        var retry: (piece: Int, place: Int)?
        while place < name.count {
            if piece < pieces.count, pieces[piece] == .any {
                retry = (piece, place)
                piece += 1
            } else if piece < pieces.count, Self.takes(pieces[piece], name[place]) {
                piece += 1
                place += 1
            } else if let (star, start) = retry {
                retry = (star, start + 1)
                piece = star + 1
                place = start + 1
            } else {
                return false
            }
        }
        return pieces[piece...].allSatisfy { $0 == .any }
    }

    private static func takes(_ piece: Piece, _ character: Character) -> Bool {
        switch piece {
        case .character(let wanted): wanted == character
        case .one, .any: true
        case .among(let ranges, let isNegated): ranges.contains { $0.contains(character) } != isNegated
        }
    }

    /// Reads a set whose `[` was taken; nil if it is not closed or empty.
    private static func set(_ text: Substring) -> (Piece, Substring)? {
        guard let end = text.firstIndex(of: "]") else { return nil }
        var members = text[..<end]
        let isNegated = members.first == "!" || members.first == "^"
        if isNegated { members.removeFirst() }
        var ranges: [ClosedRange<Character>] = []
        while let first = members.popFirst() {
            if members.first == "-", let last = members.dropFirst().first {
                guard first <= last else { return nil }
                ranges.append(first...last)
                members.removeFirst(2)
            } else {
                ranges.append(first...first)
            }
        }
        guard !ranges.isEmpty else { return nil }
        return (.among(ranges, isNegated: isNegated), text[text.index(after: end)...])
    }
}
