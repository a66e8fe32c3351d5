// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A closed set of texts that other versions of Velero may extend: a text that is not known is kept, never an error.
package protocol TextEnumeration: FieldValue, CustomStringConvertible {
    /// The known values and how they are written.
    static var texts: [(value: Self, text: String)] { get }
    /// A value of another version.
    static func unknown(_ text: String) -> Self
    /// The text, if the value is of another version.
    var unknownText: String? { get }
}

extension TextEnumeration {
    /// The value of that text, whatever it is.
    package init(text: String) {
        self = Self.texts.first { $0.text == text }?.value ?? .unknown(text)
    }

    /// The value as objects carry it.
    package var text: String { unknownText ?? Self.texts.first { $0.value == self }?.text ?? "" }

    package var description: String { text }
    package static var schemaType: String { "string" }
    package static func read(_ json: JSONValue) -> Self? { json.string.map(Self.init(text:)) }
    package var json: JSONValue { .string(text) }
}
