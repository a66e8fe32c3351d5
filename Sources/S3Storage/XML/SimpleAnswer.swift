// SPDX-License-Identifier: Apache-2.0

/// The texts of a small answer: errors, multipart and location answers, temporary credentials.
///
/// Keeps the first text of each element name wherever it stands; these vocabularies use no name twice with another meaning.
struct SimpleAnswer: XMLHandler, Sendable {
    private(set) var rootName = ""
    private(set) var rootText = ""
    private var texts: [String: String] = [:]

    /// The text of the first element of that name; nil when there is none or it is blank.
    subscript(name: String) -> String? {
        guard let text = texts[name] else { return nil }
        let trimmed = text.drop(while: \.isWhitespace)
        return trimmed.isEmpty ? nil : String(trimmed)
    }

    mutating func start(_ path: [String]) {
        if path.count == 1 { rootName = path[0] }
    }

    mutating func end(_ path: [String], text: String) {
        if path.count == 1 { rootText = text }
        guard let name = path.last, texts[name] == nil, texts.count < 64 else { return }
        texts[name] = text
    }

    /// Reads a complete document.
    static func parse(_ bytes: [UInt8]) throws(XMLError) -> SimpleAnswer {
        let reader = XMLReader(SimpleAnswer())
        try reader.feed(bytes)
        try reader.finish()
        guard let answer = reader.handler as? SimpleAnswer else { throw XMLError(message: "it is empty") }
        return answer
    }
}
