// SPDX-License-Identifier: Apache-2.0

/// Values of flags that take pairs: `region=eu-1,s3ForcePathStyle=true`, or `"k=a,b",k2=v` where a value holds commas.
enum KeyValueList {
    /// - Parameter flag: For errors, with its hyphens.
    /// - Throws: ``CommandFailure`` for a word without `=`, an empty key or an open quote.
    static func parse(_ texts: [String], flag: String) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            for item in try items(text, flag) where !item.isEmpty {
                guard let equals = item.firstIndex(of: "="), equals != item.startIndex else {
                    throw CommandFailure("\(flag): '\(item)' must be formatted as key=value")
                }
                let key = item[..<equals].trimmingPrefix { $0 == " " }
                pairs[String(key)] = String(item[item.index(after: equals)...])
            }
        }
        return pairs
    }

    /// The items between commas; quotes are doubled inside of quotes.
    private static func items(_ text: String, _ flag: String) throws -> [String] {
        var items: [String] = []
        var item = ""
        var isQuoted = false
        var characters = text.makeIterator()
        var next = characters.next()
        while let character = next {
            next = characters.next()
            switch character {
            case "\"" where !isQuoted && item.isEmpty: isQuoted = true
            case "\"" where isQuoted && next == "\"":
                item.append(character)
                next = characters.next()
            case "\"" where isQuoted: isQuoted = false
            case "," where !isQuoted:
                items.append(item)
                item = ""
            default: item.append(character)
            }
        }
        guard !isQuoted else { throw CommandFailure("\(flag): a quote is not closed in '\(text)'") }
        return items + [item]
    }
}
