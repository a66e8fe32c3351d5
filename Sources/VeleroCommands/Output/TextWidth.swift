// SPDX-License-Identifier: Apache-2.0

/// How much room text takes on a terminal.
package enum TextWidth {
    /// Character cells `text` fills: two for wide East Asian characters and emoji, none for combining marks and controls.
    package static func columns(of text: String) -> Int {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
            ? text.utf8.count : text.reduce(0) { $0 + columns(of: $1) }
    }

    /// `text` cut to at most `limit` cells; a cut end shows `…`.
    package static func truncated(_ text: String, to limit: Int) -> String {
        guard limit > 0 else { return "" }
        guard columns(of: text) > limit else { return text }
        var width = 0
        var kept = ""
        for character in text {
            let next = columns(of: character)
            if width + next > limit - 1 { break }
            width += next
            kept.append(character)
        }
        return kept + "…"
    }

    private static func columns(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .control, .nonspacingMark, .enclosingMark, .format: return 0
        default: return isWide(scalar.value) ? 2 : 1
        }
    }

    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xa000...0xa4cf,
            0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f,
            0x1f680...0x1f6ff, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
            true
        default: false
        }
    }
}
