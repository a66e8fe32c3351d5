// SPDX-License-Identifier: Apache-2.0

extension JSONReader {
    /// Reads a whole number from 0 to 2⁶⁴ − 1; fractions and exponents are errors.
    @inline(__always)
    package mutating func readUInt64() throws(FormatError) -> UInt64 {
        let (isNegative, magnitude) = try readMagnitude()
        guard !isNegative else { throw failure("expected a number that is not negative before this") }
        return magnitude
    }

    /// Reads a whole number that fits 32 bits unsigned.
    @inline(__always)
    package mutating func readUInt32() throws(FormatError) -> UInt32 {
        guard let number = UInt32(exactly: try readUInt64()) else {
            throw failure("number before this exceeds 32 bits", .tooLarge)
        }
        return number
    }

    /// Reads a whole number that fits 64 bits signed.
    package mutating func readInt64() throws(FormatError) -> Int64 {
        let (isNegative, magnitude) = try readMagnitude()
        if isNegative, magnitude == 1 << 63 { return .min }
        guard magnitude < 1 << 63 else { throw failure("number before this exceeds 64 bits", .tooLarge) }
        return isNegative ? -Int64(magnitude) : Int64(magnitude)
    }

    /// Reads any number as a floating-point value, for members that restic's relatives add.
    package mutating func readDouble() throws(FormatError) -> Double {
        let range = try scanNumber()
        guard let number = Double(String(decoding: bytes[range], as: UTF8.self)) else {
            throw failure("number before this cannot be read")
        }
        return number
    }

    private mutating func readMagnitude() throws(FormatError) -> (isNegative: Bool, magnitude: UInt64) {
        skipWhitespace()
        let count = bytes.count
        guard position < count else { throw failure("text ends where a number should be", .truncated) }
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position &+= 1 }
        let start = position
        var magnitude: UInt64 = 0
        while position < count {
            let digit = bytes[position] &- 0x30
            guard digit < 10 else { break }
            let (scaled, scaleOverflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = scaled.addingReportingOverflow(UInt64(digit))
            guard !scaleOverflow, !sumOverflow else { throw failure("number exceeds 64 bits", .tooLarge) }
            magnitude = sum
            position &+= 1
        }
        guard position > start else { throw failure("expected a whole number") }
        guard bytes[start] != 0x30 || position == start &+ 1 else { throw failure("number starts with 0") }
        if position < count {
            switch bytes[position] {
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): throw failure("expected a whole number")
            default: break
            }
        }
        return (isNegative, magnitude)
    }

    /// Passes over a number of any form.
    mutating func scanNumber() throws(FormatError) -> Range<Int> {
        skipWhitespace()
        let start = position
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position &+= 1 }
        let firstDigit = position
        try skipDigits()
        guard bytes[firstDigit] != 0x30 || position == firstDigit &+ 1 else { throw failure("number starts with 0") }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position &+= 1
            try skipDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position &+= 1
            }
            try skipDigits()
        }
        return start..<position
    }

    private mutating func skipDigits() throws(FormatError) {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position &+= 1 }
        guard position > start else { throw failure("expected a digit") }
    }
}
