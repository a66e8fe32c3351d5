// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Values → YAML, in blocks, for manifests people read; every text a reader could take for something else is quoted.
package enum ManifestText {
    /// The value as a document, with a line feed at its end.
    package static func text(of value: JSONValue) -> String {
        var output = ""
        switch value {
        case .object(let object) where !object.isEmpty: append(object, indent: 0, to: &output)
        case .array(let elements) where !elements.isEmpty: append(elements, indent: 0, to: &output)
        default: output = scalar(value) + "\n"
        }
        return output
    }

    private static func append(_ object: JSONObject, indent: Int, to output: inout String, isInline: Bool = false) {
        var isFirst = isInline
        for (name, value) in object {
            if !isFirst { output += String(repeating: " ", count: indent) }
            isFirst = false
            output += text(name) + ":"
            appendMember(value, indent: indent, to: &output)
        }
    }

    private static func appendMember(_ value: JSONValue, indent: Int, to output: inout String) {
        switch value {
        case .object(let object) where !object.isEmpty:
            output += "\n"
            append(object, indent: indent + 2, to: &output)
        case .array(let elements) where !elements.isEmpty:
            output += "\n"
            append(elements, indent: indent, to: &output)
        default: output += " \(scalar(value))\n"
        }
    }

    private static func append(_ elements: [JSONValue], indent: Int, to output: inout String) {
        for element in elements {
            output += String(repeating: " ", count: indent) + "- "
            switch element {
            case .object(let object) where !object.isEmpty:
                append(object, indent: indent + 2, to: &output, isInline: true)
            case .array(let inner) where !inner.isEmpty:
                // Nested lists do not occur in manifests worth reading: JSON is YAML too.
                output += JSONText.string(of: .array(inner)) + "\n"
            default: output += scalar(element) + "\n"
            }
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): number.text
        case .string(let text): self.text(text)
        case .array: "[]"
        case .object: "{}"
        }
    }

    /// The text, plain if every reader of YAML takes it for that text, else quoted as JSON quotes it.
    private static func text(_ text: String) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last, isLetter(first) || first == UInt8(ascii: "/"),
            last != UInt8(ascii: " "), last != UInt8(ascii: ":"), text.utf8.allSatisfy(isPlain),
            !text.contains(": "), !words.contains(text.lowercased())
        else { return JSONText.string(of: .string(text)) }
        return text
    }

    /// Texts that are no texts to some reader.
    private static let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"]

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isLetter(byte) || (0x30...0x39).contains(byte) || " -_./:()+;=*'%@,".utf8.contains(byte)
    }
}
