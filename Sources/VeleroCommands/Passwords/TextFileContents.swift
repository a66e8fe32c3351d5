// SPDX-License-Identifier: Apache-2.0

/// Text of small files as editors on any system leave them.
package enum TextFileContents {
    /// Decodes UTF-8, or UTF-16 when a byte order mark says so, and drops the mark.
    package static func decode(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return String(decoding: bytes.dropFirst(3), as: UTF8.self) }
        if bytes.starts(with: [0xff, 0xfe]) { return utf16(bytes.dropFirst(2)) { low, high in high << 8 | low } }
        if bytes.starts(with: [0xfe, 0xff]) { return utf16(bytes.dropFirst(2)) { high, low in high << 8 | low } }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text without white space around it, as passwords and locations in files are meant.
    package static func trimmed(_ bytes: [UInt8]) -> String {
        let scalars = Array(decode(bytes).unicodeScalars)
        let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[first...last])
        return String(text)
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, _ unit: (UInt16, UInt16) -> UInt16) -> String {
        let pairs = Array(bytes)
        let units = stride(from: 0, to: pairs.count - 1, by: 2).map { unit(UInt16(pairs[$0]), UInt16(pairs[$0 + 1])) }
        return String(decoding: units, as: UTF16.self)
    }
}
