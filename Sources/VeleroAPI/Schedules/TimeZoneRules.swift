// SPDX-License-Identifier: Apache-2.0

/// The offsets of a time zone over time, as the system's files of time zones hold them (RFC 8536).
package struct TimeZoneRules: Sendable, Hashable {
    /// Moments in seconds since 1970 with the offset from then on, in seconds east of Greenwich; in order.
    private var transitions: [Transition] = []
    /// Before the first transition.
    private var first: Int64 = 0
    /// After the last one.
    private var rule: TimeZoneRule?

    private struct Transition: Sendable, Hashable {
        let moment: Int64
        let offset: Int64
    }

    /// Clocks without summer time that show Greenwich's time.
    package static let utc = TimeZoneRules()

    private init() {}

    /// Most bytes a file of a zone has; the largest have about 3,500.
    package static let maximumByteCount = 1 << 20

    /// Reads a file of a zone; nil if it is none.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximumByteCount else { return nil }
        var reader = Reader(bytes)
        guard let header = reader.header() else { return nil }
        guard header.version >= 2 else {
            guard read(&reader, header, width: 4) else { return nil }
            return
        }
        // The first block is for programs that know 32 bits only.
        guard reader.skip(header.byteCount(width: 4)), let long = reader.header(), read(&reader, long, width: 8) else {
            return nil
        }
        let footer = String(decoding: reader.rest.drop { $0 == 0x0A }.prefix { $0 != 0x0A }, as: UTF8.self)
        rule = TimeZoneRule(footer)
    }

    private mutating func read(_ reader: inout Reader, _ header: Header, width: Int) -> Bool {
        guard header.typeCount > 0 else { return false }
        var moments: [Int64] = []
        for _ in 0..<header.transitionCount {
            guard let moment = reader.number(width) else { return false }
            if let last = moments.last, moment <= last { return false }
            moments.append(moment)
        }
        var types: [Int] = []
        for _ in 0..<header.transitionCount {
            guard let type = reader.number(1) else { return false }
            types.append(Int(type))
        }
        var offsets: [Int64] = []
        for _ in 0..<header.typeCount {
            guard let offset = reader.number(4), abs(offset) < 26 * 3600, reader.skip(2) else { return false }
            offsets.append(offset)
        }
        guard types.allSatisfy({ (0..<offsets.count).contains($0) }) else { return false }
        first = offsets[0]
        transitions = zip(moments, types).map { Transition(moment: $0, offset: offsets[$1]) }
        return reader.skip(header.trailerByteCount(width: width))
    }

    /// Seconds east of Greenwich at a moment.
    package func offset(at moment: Int64) -> Int64 {
        guard let last = transitions.last, moment < last.moment else {
            if let rule { return rule.offset(at: moment) }
            return transitions.last?.offset ?? first
        }
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].moment <= moment { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : transitions[low - 1].offset
    }

    private struct Header {
        let version: Int
        let utcIndicatorCount, standardIndicatorCount, leapCount, transitionCount, typeCount, characterCount: Int

        func byteCount(width: Int) -> Int {
            transitionCount * (width + 1) + typeCount * 6 + trailerByteCount(width: width)
        }

        func trailerByteCount(width: Int) -> Int {
            characterCount + leapCount * (width + 4) + standardIndicatorCount + utcIndicatorCount
        }
    }

    private struct Reader {
        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var rest: ArraySlice<UInt8> { bytes[position...] }

        mutating func skip(_ count: Int) -> Bool {
            guard count >= 0, bytes.count - position >= count else { return false }
            position += count
            return true
        }

        /// A whole number in that many bytes: of one byte without sign, of more with one.
        mutating func number(_ width: Int) -> Int64? {
            guard bytes.count - position >= width else { return nil }
            var value: UInt64 = 0
            for byte in bytes[position..<position + width] { value = value << 8 | UInt64(byte) }
            position += width
            switch width {
            case 4: return Int64(Int32(truncatingIfNeeded: value))
            default: return Int64(truncatingIfNeeded: value)
            }
        }

        mutating func header() -> Header? {
            guard rest.starts(with: Array("TZif".utf8)), skip(4), let mark = number(1), skip(15) else { return nil }
            var counts: [Int] = []
            for _ in 0..<6 {
                guard let count = number(4), (0...100_000).contains(count) else { return nil }
                counts.append(Int(count))
            }
            return Header(
                version: mark == 0 ? 1 : Int(mark) - 0x30,
                utcIndicatorCount: counts[0],
                standardIndicatorCount: counts[1],
                leapCount: counts[2],
                transitionCount: counts[3],
                typeCount: counts[4],
                characterCount: counts[5]
            )
        }
    }
}
