// SPDX-License-Identifier: Apache-2.0

/// A JSON number as its text, so that no digit of a 64-bit integer or a long decimal is lost.
package struct JSONNumber: Sendable, Hashable {
    /// The text, by the grammar of JSON.
    package let text: String

    /// A whole number.
    package init(_ number: some FixedWidthInteger) { text = String(number) }

    /// The text of a number; nil if it is none by JSON's grammar.
    package init?(text: String) {
        var scanner = JSONScanner(Array(text.utf8))
        guard (try? scanner.scanNumber()) != nil, scanner.isAtEnd else { return nil }
        self.text = text
    }

    init(checked text: String) { self.text = text }

    /// The number if it is written as a whole one, or with a fraction of zeros, and fits.
    package var int: Int? {
        if let number = Int(text) { return number }
        guard let point = text.firstIndex(of: "."), text[text.index(after: point)...].allSatisfy({ $0 == "0" }) else {
            return nil
        }
        return Int(text[..<point])
    }

    /// The nearest floating-point number.
    package var double: Double? { Double(text) }
}
