// SPDX-License-Identifier: Apache-2.0

package import Logging

/// One line of a log, in either format; nothing in it can start another line, and its length is bounded.
package struct LogLine: Sendable {
    package var time: String
    package var level: Logger.Level
    package var message: String
    /// Written after the message, in the order of their names.
    package var fields: [String: String]

    /// Bytes of a value that are kept; a longer one ends in `…`.
    package static let maximumValueByteCount = 8 << 10
    /// Fields that are kept.
    package static let maximumFieldCount = 64

    package init(time: String, level: Logger.Level, message: String, fields: [String: String]) {
        self.time = time
        self.level = level
        self.message = message
        self.fields = fields
    }

    /// The line with its end.
    package func bytes(_ format: LogFormat) -> [UInt8] {
        switch format {
        case .text: text
        case .json: json
        }
    }

    private var kept: [(name: String, value: String)] {
        fields.sorted { $0.key < $1.key }.prefix(Self.maximumFieldCount).map { ($0.key, Self.cut($0.value)) }
    }

    /// `time="…" level=info msg="…" name=value`, values quoted when they are not one plain word.
    private var text: [UInt8] {
        var output: [UInt8] = Array("time=\"\(time)\" level=\(LogLevelName.word(level)) msg=".utf8)
        Self.appendQuoted(Self.cut(message), to: &output)
        for (name, value) in kept {
            output.append(UInt8(ascii: " "))
            output.append(contentsOf: Self.plainName(name).utf8)
            output.append(UInt8(ascii: "="))
            if !value.isEmpty, value.utf8.allSatisfy(Self.isPlain) {
                output.append(contentsOf: value.utf8)
            } else {
                Self.appendQuoted(value, to: &output)
            }
        }
        output.append(UInt8(ascii: "\n"))
        return output
    }

    private var json: [UInt8] {
        var output: [UInt8] = Array(#"{"level":"\#(LogLevelName.word(level))","msg":"#.utf8)
        Self.appendQuoted(Self.cut(message), to: &output)
        output.append(contentsOf: #","time":"\#(time)""#.utf8)
        for (name, value) in kept {
            output.append(UInt8(ascii: ","))
            // Three names are taken by the line itself.
            let isTaken = ["level", "msg", "time"].contains(name)
            Self.appendQuoted(isTaken ? "fields.\(name)" : Self.cut(name), to: &output)
            output.append(UInt8(ascii: ":"))
            Self.appendQuoted(value, to: &output)
        }
        output.append(contentsOf: "}\n".utf8)
        return output
    }

    /// The value, at most as long as a line has room for, cut between characters.
    private static func cut(_ value: String) -> String {
        guard value.utf8.count > maximumValueByteCount else { return value }
        var kept = Substring(value)
        let limit = value.utf8.index(value.startIndex, offsetBy: maximumValueByteCount)
        kept = value[..<(limit.samePosition(in: value.unicodeScalars) ?? scalarStart(before: limit, in: value))]
        return kept + "…"
    }

    private static func scalarStart(before index: String.Index, in value: String) -> String.Index {
        var index = index
        while index > value.startIndex, index.samePosition(in: value.unicodeScalars) == nil {
            index = value.utf8.index(before: index)
        }
        return index
    }

    /// A name of a field without what would split it.
    private static func plainName(_ name: String) -> String {
        String(name.unicodeScalars.prefix(128).map { isPlain(UInt8(ascii: $0)) ? Character($0) : "_" })
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._/@^+".utf8.contains(byte)
        }
    }

    /// JSON's quoting, which the text format shares; control characters of every kind are written as escapes.
    private static func appendQuoted(_ value: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": output.append(contentsOf: #"\""#.utf8)
            case "\\": output.append(contentsOf: #"\\"#.utf8)
            case "\n": output.append(contentsOf: #"\n"#.utf8)
            case "\r": output.append(contentsOf: #"\r"#.utf8)
            case "\t": output.append(contentsOf: #"\t"#.utf8)
            // Terminals act on the second range, some viewers break lines at the last two.
            case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{2029}":
                let digits = String(scalar.value, radix: 16)
                output.append(contentsOf: #"\u\#(String(repeating: "0", count: 4 - digits.count))\#(digits)"#.utf8)
            default: output.append(contentsOf: String(scalar).utf8)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}

extension UInt8 {
    /// The scalar's byte; something that is never plain for one outside of ASCII.
    fileprivate init(ascii scalar: Unicode.Scalar) {
        self = scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) : 0
    }
}
