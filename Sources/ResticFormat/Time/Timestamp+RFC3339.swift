// SPDX-License-Identifier: Apache-2.0

extension Timestamp {
    /// Reads RFC 3339 text such as `2026-01-02T03:04:05.6Z`; nil for anything else.
    ///
    /// Digits of the fraction beyond nanoseconds are dropped.
    package init?(rfc3339 text: borrowing Span<UInt8>) {
        guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let century = Self.twoDigits(text, at: 0), let yearOfCentury = Self.twoDigits(text, at: 2),
            let month = Self.twoDigits(text, at: 5), (1...12).contains(month),
            let day = Self.twoDigits(text, at: 8), day >= 1,
            day <= CivilTime.dayCount(ofMonth: month, year: century * 100 + yearOfCentury),
            let hour = Self.twoDigits(text, at: 11), hour < 24,
            let minute = Self.twoDigits(text, at: 14), minute < 60,
            let second = Self.twoDigits(text, at: 17), second < 60
        else { return nil }

        var index = 19
        var nanoseconds: UInt32 = 0
        if text[index] == UInt8(ascii: ".") {
            index += 1
            let start = index
            var scale: UInt32 = 100_000_000
            while index < text.count {
                let digit = text[index] &- 0x30
                guard digit < 10 else { break }
                nanoseconds += UInt32(digit) * scale
                scale /= 10
                index += 1
            }
            guard index > start, index < text.count else { return nil }
        }

        var offset = 0
        switch text[index] {
        case UInt8(ascii: "Z"):
            guard text.count == index + 1 else { return nil }
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard text.count == index + 6, text[index + 3] == UInt8(ascii: ":"),
                let offsetHour = Self.twoDigits(text, at: index + 1), offsetHour < 24,
                let offsetMinute = Self.twoDigits(text, at: index + 4), offsetMinute < 60
            else { return nil }
            offset = offsetHour * 3_600 + offsetMinute * 60
            if text[index] == UInt8(ascii: "-") { offset = -offset }
        default: return nil
        }
        let civil = CivilTime(
            year: century * 100 + yearOfCentury,
            month: month,
            day: day,
            hour: hour,
            minute: minute,
            second: second
        )
        self.init(civil: civil, nanoseconds: nanoseconds, utcOffsetSeconds: Int32(offset))
    }

    /// Reads RFC 3339 text; nil for anything else.
    package init?(rfc3339 text: String) {
        self.init(rfc3339: Array(text.utf8).span)
    }

    /// The RFC 3339 text with as many digits of the fraction as needed.
    package var rfc3339: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the RFC 3339 text; years are held within 0 to 9999, beyond which the format has no text.
    package func append(to output: inout [UInt8]) {
        let civil = clampedToFourDigitYears.civil
        output.append(addingCapacity: Self.maximumTextByteCount) { text in
            Self.appendTwoDigits(civil.year / 100, to: &text)
            Self.appendTwoDigits(civil.year % 100, to: &text)
            text.append(UInt8(ascii: "-"))
            Self.appendTwoDigits(civil.month, to: &text)
            text.append(UInt8(ascii: "-"))
            Self.appendTwoDigits(civil.day, to: &text)
            text.append(UInt8(ascii: "T"))
            Self.appendTwoDigits(civil.hour, to: &text)
            text.append(UInt8(ascii: ":"))
            Self.appendTwoDigits(civil.minute, to: &text)
            text.append(UInt8(ascii: ":"))
            Self.appendTwoDigits(civil.second, to: &text)
            appendFraction(to: &text)
            appendOffset(to: &text)
        }
    }

    /// Length of `9999-12-31T23:59:59.999999999+23:59`.
    private static let maximumTextByteCount = 35

    private func appendFraction(to text: inout OutputSpan<UInt8>) {
        guard nanoseconds != 0 else { return }
        text.append(UInt8(ascii: "."))
        var rest = nanoseconds
        var scale: UInt32 = 100_000_000
        while rest != 0 {
            text.append(0x30 &+ UInt8(truncatingIfNeeded: rest / scale))
            rest %= scale
            scale /= 10
        }
    }

    private func appendOffset(to text: inout OutputSpan<UInt8>) {
        let minutes = Int(utcOffsetSeconds.magnitude) / 60
        if minutes == 0 {
            text.append(UInt8(ascii: "Z"))
            return
        }
        text.append(utcOffsetSeconds < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        Self.appendTwoDigits(minutes / 60, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.appendTwoDigits(minutes % 60, to: &text)
    }

    private var clampedToFourDigitYears: Timestamp {
        let first: Int64 = -62_167_219_200  // 0000-01-01T00:00:00
        let last: Int64 = 253_402_300_799  // 9999-12-31T23:59:59
        let local = max(first, min(last, seconds &+ Int64(utcOffsetSeconds)))
        return Timestamp(
            seconds: local - Int64(utcOffsetSeconds),
            nanoseconds: nanoseconds,
            utcOffsetSeconds: utcOffsetSeconds
        )
    }

    @inline(__always)
    private static func twoDigits(_ text: borrowing Span<UInt8>, at index: Int) -> Int? {
        let tens = text[index] &- 0x30
        let ones = text[index &+ 1] &- 0x30
        guard tens < 10, ones < 10 else { return nil }
        return Int(tens) &* 10 &+ Int(ones)
    }

    @inline(__always)
    private static func appendTwoDigits(_ number: Int, to output: inout OutputSpan<UInt8>) {
        output.append(0x30 &+ UInt8(truncatingIfNeeded: number / 10))
        output.append(0x30 &+ UInt8(truncatingIfNeeded: number % 10))
    }
}

extension JSONWriter {
    /// Writes a time as RFC 3339 text.
    package mutating func value(_ time: Timestamp) {
        beginString()
        time.append(to: &bytes)
        endString()
    }
}

extension JSONReader {
    /// Reads a time from RFC 3339 text.
    package mutating func readTimestamp() throws(FormatError) -> Timestamp {
        let (range, isPlain) = try scanString()
        if isPlain, let time = Timestamp(rfc3339: bytes.span.extracting(range)) { return time }
        let decoded = JSONUnescaping.decode(bytes.span.extracting(range))
        guard let time = Timestamp(rfc3339: decoded.span) else {
            throw failure("the string that ends here is not an RFC 3339 time")
        }
        return time
    }
}
