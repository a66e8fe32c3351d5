// SPDX-License-Identifier: Apache-2.0

/// Splits a command line into words without a shell, by restic's rules.
///
/// White space and backslashes outside quotes separate words; a pair of quotes of either kind encloses one word and separates
/// it from its neighbours; a quote straight after a backslash is an ordinary character. Words that stay empty vanish.
package enum CommandWords {
    /// - Throws: ``CommandFailure`` for a quote that is not closed and for a line without words.
    package static func split(_ line: String) throws(CommandFailure) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        var quote: Unicode.Scalar?
        var previous: Unicode.Scalar?
        for scalar in line.unicodeScalars {
            if isSeparator(scalar, quote: &quote, previous: &previous) {
                if !word.isEmpty { words.append(String(word)) }
                word = String.UnicodeScalarView()
            } else {
                word.append(scalar)
            }
        }
        if !word.isEmpty { words.append(String(word)) }
        if let quote { throw CommandFailure("a quote (\(quote)) in the command is never closed") }
        guard !words.isEmpty else { throw CommandFailure("the command to run is empty") }
        return words
    }

    private static func isSeparator(
        _ scalar: Unicode.Scalar,
        quote: inout Unicode.Scalar?,
        previous: inout Unicode.Scalar?
    ) -> Bool {
        if previous != "\\" {
            if let open = quote, scalar == open {
                quote = nil
                return true
            }
            if quote == nil, scalar == "\"" || scalar == "'" {
                quote = scalar
                return true
            }
        }
        previous = scalar
        guard quote == nil else { return false }
        return scalar == "\\" || scalar.properties.isWhitespace
    }
}
