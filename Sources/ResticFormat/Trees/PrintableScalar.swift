// SPDX-License-Identifier: Apache-2.0

/// Go's notion of a printable character, which decides what node names escape.
enum PrintableScalar {
    /// Whether `value` is a letter, mark, number, punctuation, symbol or the space, in the Unicode version of `dialect`.
    @inline(__always)
    static func contains(_ value: UInt32, dialect: JSONDialect) -> Bool {
        switch value {
        case 0x20...0x7e, 0xa1...0xac, 0xae...0x377: true
        case 0x400...0x52f: true  // Cyrillic
        case 0x4e00...0x9ffc, 0xac00...0xd7a3: true  // Han and Hangul, as of Unicode 13
        case 0x3041...0x3096, 0x3099...0x30ff: true  // Kana
        default: lookUp(value, dialect: dialect)
        }
    }

    @inline(never)
    private static func lookUp(_ value: UInt32, dialect: JSONDialect) -> Bool {
        guard let properties = Unicode.Scalar(value)?.properties, let age = properties.age else { return false }
        let newest = dialect == .current ? 15 : 13
        guard age.major < newest || (age.major == newest && age.minor == 0) else { return false }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark,
            .decimalNumber, .letterNumber, .otherNumber,
            .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation,
            .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            return true
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate, .privateUse,
            .unassigned:
            return false
        @unknown default:
            return false
        }
    }
}
