// SPDX-License-Identifier: Apache-2.0

extension UTCTime {
    /// `20150830`, as in a credential scope.
    package var basicDate: String {
        let parts = components
        return Self.padded(parts.year, 4) + Self.padded(parts.month, 2) + Self.padded(parts.day, 2)
    }

    /// `20150830T123600Z`, as in `x-amz-date`.
    package var basicDateTime: String {
        let parts = components
        return basicDate + "T" + Self.padded(parts.hour, 2) + Self.padded(parts.minute, 2)
            + Self.padded(parts.second, 2) + "Z"
    }

    /// Reads `2015-08-30T12:36:00Z`, with or without fraction, or `20150830T123600Z`; other zones than `Z` and `+00:00` are refused.
    package init?(iso8601 text: String) {
        var digits: [Int] = []
        var rest = Substring(text)
        func isSeparator(_ character: Character) -> Bool { character == "-" || character == ":" || character == "T" }
        while let first = rest.first, digits.count < 14 {
            if let digit = first.wholeNumberValue, first.isASCII {
                digits.append(digit)
            } else if !isSeparator(first) {
                return nil
            }
            rest.removeFirst()
        }
        guard digits.count == 14 else { return nil }
        if rest.first == "." {
            rest.removeFirst()
            rest = rest.drop { $0.isASCII && $0.isWholeNumber }
        }
        guard rest == "Z" || rest == "+00:00" || rest == "+0000" else { return nil }
        func number(_ start: Int, _ count: Int) -> Int { digits[start..<(start + count)].reduce(0) { $0 * 10 + $1 } }
        self.init(
            year: number(0, 4),
            month: number(4, 2),
            day: number(6, 2),
            hour: number(8, 2),
            minute: number(10, 2),
            second: number(12, 2)
        )
    }

    /// Reads the `Date` header of an HTTP answer: `Sun, 06 Nov 1994 08:49:37 GMT`.
    package init?(httpDate text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT" || words[5] == "UTC",
            let day = Int(words[1]), let year = Int(words[3]),
            let month = Self.monthNames.firstIndex(of: String(words[2]))
        else { return nil }
        let time = words[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3 else { return nil }
        self.init(year: year, month: month + 1, day: day, hour: time[0], minute: time[1], second: time[2])
    }

    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func padded(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
