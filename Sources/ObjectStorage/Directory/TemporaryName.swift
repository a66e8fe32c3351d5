// SPDX-License-Identifier: Apache-2.0

/// Names of files that are being written: `<final>-tmp-<digits>`.
enum TemporaryName {
    private static let marker = "-tmp-"

    /// A fresh name beside `finalName`, shortened where the file system's limit of 255 bytes demands it.
    static func make(for finalName: String) -> String {
        var stem = Substring(finalName)
        while stem.utf8.count > 255 - 25 { stem = stem.dropLast() }
        return "\(stem)\(marker)\(UInt64.random(in: 0...UInt64.max))"
    }

    /// True for every name ``make(for:)`` can return, whichever program wrote it.
    static func matches(_ name: String) -> Bool {
        var rest = Substring(name).utf8
        var digitCount = 0
        while let last = rest.last, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(last) {
            rest = rest.dropLast()
            digitCount += 1
        }
        return digitCount > 0 && rest.suffix(marker.utf8.count).elementsEqual(marker.utf8)
    }
}
