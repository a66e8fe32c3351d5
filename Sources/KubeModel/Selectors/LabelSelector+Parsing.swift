// SPDX-License-Identifier: Apache-2.0

extension LabelSelector {
    /// Reads kubectl's notation: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, `a>1`, `a<1`, joined by commas.
    ///
    /// - Throws: ``SelectorError``.
    package init(parsing text: String) throws {
        var reader = LabelSelectorReader(text)
        self.init(try reader.read())
    }
}

private struct LabelSelectorReader {
    private enum Token: Equatable {
        case word(String)
        case sign(String)
    }

    private var tokens: [Token]
    private var position = 0

    init(_ text: String) { tokens = Self.tokens(of: Array(text)) }

    private static func tokens(of characters: [Character]) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character.isWhitespace {
                index += 1
                continue
            }
            if "=!<>(),".contains(character) {
                let pair = String(characters[index..<min(index + 2, characters.count)])
                let sign = pair == "==" || pair == "!=" ? pair : String(character)
                tokens.append(.sign(sign))
                index += sign.count
                continue
            }
            let start = index
            while index < characters.count, !characters[index].isWhitespace, !"=!<>(),".contains(characters[index]) {
                index += 1
            }
            tokens.append(.word(String(characters[start..<index])))
        }
        return tokens
    }

    mutating func read() throws -> [LabelRequirement] {
        guard !tokens.isEmpty else { return [] }
        var requirements: [LabelRequirement] = []
        while true {
            requirements.append(try readRequirement())
            guard position < tokens.count else { return requirements }
            guard take(",") else { throw SelectorError("label selector: expected ',' \(place)") }
        }
    }

    private mutating func readRequirement() throws -> LabelRequirement {
        if take("!") { return LabelRequirement(try readKey(), .missing) }
        let key = try readKey()
        if take("=") || take("==") { return LabelRequirement(key, .equals(try readValue())) }
        if take("!=") { return LabelRequirement(key, .notEquals(try readValue())) }
        if take(">") { return LabelRequirement(key, .greaterThan(try readNumber())) }
        if take("<") { return LabelRequirement(key, .lessThan(try readNumber())) }
        guard position < tokens.count, case .word(let word) = tokens[position] else {
            return LabelRequirement(key, .exists)
        }
        position += 1
        switch word {
        case "in": return LabelRequirement(key, .among(try readValues()))
        case "notin": return LabelRequirement(key, .notAmong(try readValues()))
        default: throw SelectorError("label selector: '\(word)' after '\(key)' is no operator; use =, !=, in or notin")
        }
    }

    private mutating func readKey() throws -> String {
        guard position < tokens.count, case .word(let key) = tokens[position] else {
            throw SelectorError("label selector: expected a label's name \(place)")
        }
        position += 1
        guard LabelName.isValidKey(key) else { throw SelectorError("label selector: '\(key)' is no name of a label") }
        return key
    }

    private mutating func readValue() throws -> String {
        guard position < tokens.count, case .word(let value) = tokens[position] else { return "" }
        position += 1
        guard LabelName.isValidValue(value) else {
            throw SelectorError("label selector: '\(value)' is no value of a label")
        }
        return value
    }

    private mutating func readNumber() throws -> Int {
        let text = try readValue()
        guard let number = Int(text) else { throw SelectorError("label selector: '\(text)' is no whole number") }
        return number
    }

    private mutating func readValues() throws -> [String] {
        guard take("(") else { throw SelectorError("label selector: expected '(' \(place)") }
        var values: [String] = []
        while true {
            values.append(try readValue())
            if take(")") { return values }
            guard take(",") else { throw SelectorError("label selector: expected ',' or ')' \(place)") }
        }
    }

    private mutating func take(_ sign: String) -> Bool {
        guard position < tokens.count, tokens[position] == .sign(sign) else { return false }
        position += 1
        return true
    }

    private var place: String {
        guard position < tokens.count else { return "at the end" }
        return switch tokens[position] {
        case .word(let text), .sign(let text): "before '\(text)'"
        }
    }
}
