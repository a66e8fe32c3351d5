// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// What an unquoted scalar means in YAML 1.1, the version kubectl reads.
enum YAMLScalar {
    static func value(of text: String) throws -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return true
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return false
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
            throw YAMLError("YAML: a number that is infinite or none cannot be JSON")
        default: break
        }
        guard let first = text.utf8.first, isDigit(first) || "+-.".utf8.contains(first) else { return .string(text) }
        if let number = JSONNumber(text: text) { return .number(number) }
        return number(text) ?? .string(text)
    }

    /// Numbers in forms JSON does not have.
    private static func number(_ text: String) -> JSONValue? {
        let isNegative = text.first == "-"
        let unsigned = isNegative || text.first == "+" ? text.dropFirst() : text[...]
        let digits = String(unsigned.filter { $0 != "_" })
        guard let first = digits.utf8.first, isDigit(first) || first == UInt8(ascii: ".") else { return nil }
        let radixes: [(prefix: String, radix: Int)] = [("0x", 16), ("0o", 8), ("0b", 2), ("0", 8)]
        for (prefix, radix) in radixes where digits.hasPrefix(prefix) {
            let magnitude = digits.dropFirst(prefix.count)
            guard let first = magnitude.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else {
                continue
            }
            if let number = Int(magnitude, radix: radix) { return .int(isNegative ? -number : number) }
        }
        if let number = JSONNumber(text: isNegative ? "-" + digits : digits) { return .number(number) }
        guard digits.contains("."), digits.utf8.allSatisfy({ isDigit($0) || ".eE+-".utf8.contains($0) }),
            let number = Double(digits), number.isFinite
        else { return nil }
        return JSONNumber(text: "\(isNegative ? -number : number)").map { .number($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
