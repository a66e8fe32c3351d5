// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

/// Appends JSON text, byte for byte as Go's `encoding/json` would write it, to a buffer it owns.
///
/// Commas are placed by the writer; nesting and the pairing of keys with values are the caller's duty. No white space is
/// written except where asked for with ``newline()``.
package struct JSONWriter: Sendable {
    /// The text so far.
    package internal(set) var bytes: [UInt8]
    /// How control characters are written.
    package let dialect: JSONDialect
    private var needsComma = false

    package init(dialect: JSONDialect = .current, capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
        self.dialect = dialect
    }

    // MARK: Structure

    /// Opens an object as the next value.
    package mutating func beginObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    /// Closes the innermost object.
    package mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Opens an array as the next value.
    package mutating func beginArray() {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
    }

    /// Closes the innermost array.
    package mutating func endArray() {
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// Writes a member name that needs no escaping; the next value belongs to it.
    package mutating func key(_ name: String) {
        let utf8 = name.utf8.span
        bytes.append(addingCapacity: utf8.count + 4) { output in
            if needsComma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            for index in utf8.indices { output.append(utf8[index]) }
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
        }
        needsComma = false
    }

    /// Writes any member name, escaped; the next value belongs to it.
    package mutating func key(escaping name: borrowing Span<UInt8>) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    /// Writes an unsigned number.
    package mutating func value(_ number: UInt64) {
        separate()
        appendDigits(number)
        needsComma = true
    }

    /// Writes a signed number.
    package mutating func value(_ number: Int64) {
        separate()
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(number.magnitude)
        needsComma = true
    }

    /// Writes an unsigned number.
    package mutating func value(_ number: UInt32) { value(UInt64(number)) }

    /// Writes a signed number.
    package mutating func value(_ number: Int) { value(Int64(number)) }

    /// Writes `true` or `false`.
    package mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }

    /// Writes `null`.
    package mutating func null() { raw("null") }

    /// Writes 64 hexadecimal digits.
    package mutating func value(_ digest: Digest256) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        digest.appendHex(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes an id.
    package mutating func value<Kind>(_ id: ContentID<Kind>) { value(id.digest) }

    /// Writes padded Base64.
    package mutating func base64(_ value: borrowing Span<UInt8>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        Base64.encode(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes one complete JSON value as it stands, for members kept verbatim.
    package mutating func raw(_ value: borrowing Span<UInt8>) {
        separate()
        for index in 0..<value.count { bytes.append(value[index]) }
        needsComma = true
    }

    /// Writes complete JSON values already separated by commas.
    mutating func elements(_ values: [UInt8]) {
        separate()
        bytes.append(contentsOf: values)
        needsComma = true
    }

    /// Ends the line; belongs to the text of trees and index files.
    package mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    // MARK: Buffer

    /// Hands over the text so far and goes on with an empty buffer, in the middle of a value if need be.
    package mutating func takeBytes() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }

    /// Forgets the text so far and starts a new value, keeping the memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// Starts a string whose inside is then appended to ``bytes``, already escaped.
    @inline(__always)
    mutating func beginString() {
        separate()
        bytes.append(UInt8(ascii: "\""))
    }

    /// Ends the string.
    @inline(__always)
    mutating func endString() {
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func raw(_ word: String) {
        separate()
        bytes.append(contentsOf: word.utf8)
        needsComma = true
    }

    @inline(__always)
    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func appendDigits(_ number: UInt64) {
        var scale: UInt64 = 1
        var count = 1
        while count < 20, number / scale >= 10 {
            scale &*= 10
            count &+= 1
        }
        bytes.append(addingCapacity: count) { digits in
            var rest = number
            for _ in 0..<count {
                let (digit, remainder) = rest.quotientAndRemainder(dividingBy: scale)
                digits.append(0x30 &+ UInt8(truncatingIfNeeded: digit))
                rest = remainder
                scale /= 10
            }
        }
    }
}
