// SPDX-License-Identifier: Apache-2.0

import ResticFormat

/// Writes JSON for machines in the exact manner of restic: members in order, Go's escapes, numbers without waste.
///
/// Values are appended to one buffer; nothing is kept in between, so a listing of a million files costs one line of memory.
package struct JSONText: Sendable {
    private var writer = JSONWriter()

    package init() {}

    package var bytes: [UInt8] { writer.bytes }

    /// The text so far, for tests and small messages.
    package var string: String { String(decoding: writer.bytes, as: UTF8.self) }

    /// Forgets the text, keeping the memory.
    package mutating func removeAll() { writer.removeAll() }

    package mutating func object(_ members: (inout JSONText) throws -> Void) rethrows {
        writer.beginObject()
        try members(&self)
        writer.endObject()
    }

    package mutating func array<Elements: Sequence>(
        _ elements: Elements,
        _ element: (inout JSONText, Elements.Element) throws -> Void
    ) rethrows {
        writer.beginArray()
        for item in elements { try element(&self, item) }
        writer.endArray()
    }

    package mutating func null() { writer.null() }
    package mutating func value(_ flag: Bool) { writer.value(flag) }
    package mutating func value(_ number: some BinaryInteger) { raw(String(number).utf8) }
    package mutating func value(_ number: Double) { raw(Self.text(of: number).utf8) }
    package mutating func value(_ text: String) { writer.string(text) }

    /// A member's name; the value must follow.
    package mutating func key(_ name: String) { writer.key(name) }

    package mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    package mutating func member(_ name: String, _ number: some BinaryInteger) {
        key(name)
        value(number)
    }

    package mutating func member(_ name: String, _ number: Double) {
        key(name)
        value(number)
    }

    package mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// A list of texts; nil becomes `null`, as an unset list does in Go.
    package mutating func member(_ name: String, _ texts: [String]?) {
        key(name)
        guard let texts else { return null() }
        array(texts) { $0.value($1) }
    }

    /// Puts in a value that is JSON already.
    package mutating func raw(_ json: some Sequence<UInt8>) {
        writer.raw(Array(json).span)
    }

    /// Ends a line, ready for the next value.
    package mutating func endLine() { writer.newline() }

    /// A number as Go's encoder writes it: shortest digits, no `.0`, exponents only beyond 1e21 and below 1e-6.
    package static func text(of number: Double) -> String {
        guard number.isFinite else { return "0" }
        let magnitude = abs(number)
        if magnitude < 1e15, number == number.rounded(.towardZero) { return String(Int64(number)) }
        let shortest = "\(number)"
        guard magnitude < 1e21, let mark = shortest.firstIndex(of: "e") else { return shortest }
        guard magnitude >= 1e-6, let exponent = Int(shortest[shortest.index(after: mark)...]) else { return shortest }
        return plain(shortest[..<mark], exponent: exponent)
    }

    private static func plain(_ mantissa: Substring, exponent: Int) -> String {
        let sign = mantissa.hasPrefix("-") ? "-" : ""
        let parts = mantissa.drop { $0 == "-" }.split(separator: ".")
        let whole = parts.first ?? ""
        var fraction = parts.count > 1 ? parts[1] : ""
        if fraction == "0" { fraction = "" }
        let digits = whole + fraction
        let point = whole.count + exponent
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return sign + digits + String(repeating: "0", count: point - digits.count) }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }
}
