// SPDX-License-Identifier: Apache-2.0

/// A rule for all years to come, such as `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX's notation).
struct TimeZoneRule: Sendable, Hashable {
    /// A day of every year, and a time on it.
    private struct Change: Sendable, Hashable {
        enum Day: Sendable, Hashable {
            /// Week 1 to 5 (the last) of a month, and the day of the week.
            case weekday(month: Int, week: Int, day: Int)
            /// 1 to 365; 29 February is never counted.
            case julian(Int)
            /// 0 to 365.
            case ordinal(Int)
        }
        var day: Day
        /// On the clock before the change, in seconds after midnight.
        var time: Int64

        /// Seconds from 1970 to the change of a year, on the clock before it.
        func seconds(in year: Int) -> Int64 { days(in: year) * 86_400 + time }

        private func days(in year: Int) -> Int64 {
            let start = WallClockTime.days(year: year, month: 1, day: 1)
            switch day {
            case .ordinal(let number): return start + Int64(number)
            case .julian(let number):
                return start + Int64(number - 1 + (WallClockTime.isLeap(year) && number > 59 ? 1 : 0))
            case .weekday(let month, let week, let day):
                let first = WallClockTime.days(year: year, month: month, day: 1)
                let next = WallClockTime.days(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
                let weekday = WallClockTime(seconds: first * 86_400).dayOfWeek
                var date = first + Int64((day - weekday + 7) % 7 + (week - 1) * 7)
                while date >= next { date -= 7 }
                return date
            }
        }
    }

    private let standard: Int64
    private var summer: (offset: Int64, start: Change, end: Change)?

    /// Nil for texts that are no rule.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard Self.skipName(&rest), let west = Self.time(&rest) else { return nil }
        standard = -west
        guard !rest.isEmpty else { return }
        guard Self.skipName(&rest) else { return nil }
        var offset = standard + 3600
        if let first = rest.first, first != UInt8(ascii: ",") {
            guard let west = Self.time(&rest) else { return nil }
            offset = -west
        }
        guard let start = Self.change(&rest), let end = Self.change(&rest), rest.isEmpty else { return nil }
        summer = (offset, start, end)
    }

    /// Seconds east of Greenwich at a moment.
    func offset(at moment: Int64) -> Int64 {
        guard let summer else { return standard }
        let year = WallClockTime(seconds: moment + standard).year
        let start = summer.start.seconds(in: year) - standard
        let end = summer.end.seconds(in: year) - summer.offset
        let isSummer = start < end ? start <= moment && moment < end : moment < end || start <= moment
        return isSummer ? summer.offset : standard
    }

    static func == (left: Self, right: Self) -> Bool {
        left.standard == right.standard && left.summer?.offset == right.summer?.offset
            && left.summer?.start == right.summer?.start && left.summer?.end == right.summer?.end
    }

    func hash(into hasher: inout Hasher) { hasher.combine(standard) }

    // MARK: Reading

    private static func skipName(_ rest: inout ArraySlice<UInt8>) -> Bool {
        if rest.first == UInt8(ascii: "<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[(end + 1)...]
            return true
        }
        let name = rest.prefix { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        rest = rest[name.endIndex...]
        return !name.isEmpty
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private static func time(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        var sign: Int64 = 1
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = first == UInt8(ascii: "-") ? -1 : 1
            rest = rest.dropFirst()
        }
        guard let hours = number(&rest) else { return nil }
        var seconds = Int64(hours) * 3600
        for unit in [60, 1] where rest.first == UInt8(ascii: ":") {
            rest = rest.dropFirst()
            guard let value = number(&rest), value < 60 else { return nil }
            seconds += Int64(value * unit)
        }
        return abs(seconds) <= 168 * 3600 ? sign * seconds : nil
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...3).contains(digits.count) else { return nil }
        rest = rest[digits.endIndex...]
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func change(_ rest: inout ArraySlice<UInt8>) -> Change? {
        guard rest.first == UInt8(ascii: ",") else { return nil }
        rest = rest.dropFirst()
        guard let day = day(&rest) else { return nil }
        guard rest.first == UInt8(ascii: "/") else { return Change(day: day, time: 7200) }
        rest = rest.dropFirst()
        return time(&rest).map { Change(day: day, time: $0) }
    }

    private static func day(_ rest: inout ArraySlice<UInt8>) -> Change.Day? {
        switch rest.first {
        case UInt8(ascii: "J"):
            rest = rest.dropFirst()
            guard let number = number(&rest), (1...365).contains(number) else { return nil }
            return .julian(number)
        case UInt8(ascii: "M"):
            var numbers: [Int] = []
            for _ in 0..<3 {
                rest = rest.dropFirst()
                guard let number = number(&rest) else { return nil }
                numbers.append(number)
                if numbers.count < 3, rest.first != UInt8(ascii: ".") { return nil }
            }
            guard (1...12).contains(numbers[0]), (1...5).contains(numbers[1]), (0...6).contains(numbers[2]) else {
                return nil
            }
            return .weekday(month: numbers[0], week: numbers[1], day: numbers[2])
        default:
            guard let number = number(&rest), number <= 365 else { return nil }
            return .ordinal(number)
        }
    }
}
