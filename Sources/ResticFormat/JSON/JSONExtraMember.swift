// SPDX-License-Identifier: Apache-2.0

/// A member of an object that this project gives no meaning to, kept so that rewriting the object does not lose it.
package struct JSONExtraMember: Hashable, Sendable {
    /// The member's name, decoded.
    package let name: [UInt8]
    /// The member's value, as the text stood.
    package let value: [UInt8]

    package init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

extension JSONWriter {
    /// Writes members kept verbatim.
    package mutating func members(_ extra: [JSONExtraMember]) {
        for member in extra {
            key(escaping: member.name.span)
            raw(member.value.span)
        }
    }
}

extension JSONReader {
    /// Keeps the member whose key was just read.
    package mutating func captureMember() throws(FormatError) -> JSONExtraMember {
        let name = keyBytes()
        return JSONExtraMember(name: name, value: try captureValue())
    }

    /// Reads an array of strings; `null` reads as empty.
    package mutating func readTexts() throws(FormatError) -> [String] {
        if try readNull() { return [] }
        var texts: [String] = []
        try beginArray()
        while try nextElement() { texts.append(try readText()) }
        return texts
    }
}
