// SPDX-License-Identifier: Apache-2.0

/// One of the five fields of a cron expression: the numbers it allows.
struct CronField: Sendable, Hashable {
    /// What a field counts.
    enum Unit: Sendable {
        case minute, hour, dayOfMonth, month, dayOfWeek

        var range: ClosedRange<Int> {
            switch self {
            case .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            case .dayOfWeek: 0...6
            }
        }

        fileprivate var names: [String] {
            switch self {
            case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            case .dayOfWeek: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
            default: []
            }
        }
    }

    /// One bit for each number.
    private let bits: UInt64
    /// Whether the field is `*` or `?`, which leaves the choice of days to the other day field.
    let isStar: Bool

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    /// Reads `*`, `?`, numbers, names, ranges, steps and lists of them.
    init(_ text: Substring, _ unit: Unit) throws(CronError) {
        var bits: UInt64 = 0
        var isStar = false
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let (numbers, star) = try Self.range(part, unit)
            for number in numbers { bits |= 1 << UInt64(number) }
            isStar = isStar || star
        }
        self.bits = bits
        self.isStar = isStar
    }

    private static func range(_ text: Substring, _ unit: Unit) throws(CronError) -> (StrideTo<Int>, isStar: Bool) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let body = parts.first, !body.isEmpty, parts.count <= 2 else {
            throw CronError("\"\(CronError.shown(text))\" is no number, range or list")
        }
        let ends = body.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2 else { throw CronError("too many hyphens: \(CronError.shown(text))") }
        var (low, high) = (unit.range.lowerBound, unit.range.upperBound)
        let isEverything = body == "*" || body == "?"
        if !isEverything {
            low = try number(ends[0], unit)
            // A lone number with a step begins a series.
            high = ends.count == 2 ? try number(ends[1], unit) : parts.count == 2 ? high : low
        }
        guard low >= unit.range.lowerBound else {
            throw CronError(
                "beginning of range (\(low)) below minimum (\(unit.range.lowerBound)): \(CronError.shown(text))"
            )
        }
        guard high <= unit.range.upperBound else {
            throw CronError("end of range (\(high)) above maximum (\(unit.range.upperBound)): \(CronError.shown(text))")
        }
        guard low <= high else {
            throw CronError("beginning of range (\(low)) beyond end of range (\(high)): \(CronError.shown(text))")
        }
        let step = parts.count == 2 ? try plainNumber(parts[1]) : 1
        guard step > 0 else { throw CronError("step of range should be a positive number: \(CronError.shown(text))") }
        return (stride(from: low, to: high + 1, by: step), isEverything && step == 1)
    }

    private static func number(_ text: Substring, _ unit: Unit) throws(CronError) -> Int {
        if let index = unit.names.firstIndex(of: text.lowercased()) { return index + (unit == .month ? 1 : 0) }
        return try plainNumber(text)
    }

    private static func plainNumber(_ text: Substring) throws(CronError) -> Int {
        guard (1...6).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text)
        else { throw CronError("failed to parse int from \"\(CronError.shown(text))\"") }
        return number
    }
}

/// Why a text is no cron expression.
package struct CronError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    /// A piece of what was given, short enough for a message.
    static func shown(_ text: some StringProtocol) -> String { String(text.prefix(60)) }
}
