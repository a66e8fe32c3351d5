// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// Moments as Velero's tables show them.
enum ResourceTime {
    /// `2026-01-31 12:00:00 +0000 UTC`, in this process's time zone; nothing for none.
    static func full(_ time: KubeTime?) -> String {
        guard let time else { return "<nil>" }
        let calendar = LocalTime.calendar(unixSeconds: time.seconds)
        func two(_ number: Int) -> String { DecimalText.zeroPadded(number, to: 2) }
        let offset = abs(calendar.utcOffset) / 60
        let sign = calendar.utcOffset < 0 ? "-" : "+"
        return
            "\(calendar.year)-\(two(calendar.month))-\(two(calendar.day)) \(two(calendar.hour)):\(two(calendar.minute)):"
            + "\(two(calendar.second)) \(sign)\(two(offset / 60))\(two(offset % 60)) "
            + LocalTime.zoneName(unixSeconds: time.seconds)
    }

    /// `29d` for what is to come, `5m ago` for what was, `n/a` for none.
    static func relative(_ time: KubeTime?, now: KubeTime) -> String {
        guard let time else { return "n/a" }
        let seconds = now.duration(to: time).components.seconds
        return seconds > 0 ? short(seconds) : short(-seconds) + " ago"
    }

    private static func short(_ seconds: Int64) -> String {
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3600 { return "\(seconds / 60)m" }
        if seconds < 86_400 { return "\(seconds / 3600)h" }
        if seconds < 86_400 * 365 { return "\(seconds / 86_400)d" }
        return "\(seconds / (86_400 * 365))y"
    }
}
