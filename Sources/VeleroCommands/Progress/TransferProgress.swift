// SPDX-License-Identifier: Apache-2.0

/// How far a backup or restore has come.
package struct TransferProgress: Hashable, Sendable {
    package var elapsed: Duration = .zero
    package var filesDone: Int64 = 0
    package var bytesDone: Int64 = 0
    /// What the scan has found; nil while it is still counting or when there is none.
    package var totalFiles: Int64?
    package var totalBytes: Int64?
    package var errorCount: Int64 = 0
    /// Paths being worked on right now.
    package var currentItems: [String] = []

    package init() {}

    /// Share of the bytes done, 0 to 1; 0 while the total is unknown.
    package var fractionDone: Double {
        guard let totalBytes, totalBytes > 0 else { return 0 }
        return min(1, Double(bytesDone) / Double(totalBytes))
    }
}

/// Renders ``TransferProgress`` for people and programs.
package enum TransferProgressText {
    /// At most two status lines and one line per current item, for a terminal `columns` wide.
    package static func lines(_ progress: TransferProgress, rate: RateEstimator, columns: Int) -> [String] {
        [headline(progress, rate, columns), counts(progress)] + progress.currentItems.sorted().map { "  " + $0 }
    }

    /// One line that says it all, for logs and SIGUSR1.
    package static func plainLine(_ progress: TransferProgress, rate: RateEstimator) -> String {
        var parts = ["[\(DurationText.clock(progress.elapsed))]"]
        if let total = progress.totalBytes { parts.append(DecimalText.percent(progress.bytesDone, of: total)) }
        parts.append(counts(progress))
        if let text = rateText(rate) { parts.append(text) }
        if let text = timeLeftText(progress, rate) { parts.append(text) }
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// restic's `status` message: fields that are zero are left out.
    package static func json(_ progress: TransferProgress, rate: RateEstimator, into json: inout JSONText) {
        let seconds = progress.elapsed.components.seconds
        json.object { json in
            json.member("message_type", "status")
            if seconds > 0 { json.member("seconds_elapsed", seconds) }
            if let left = timeLeft(progress, rate)?.components.seconds, left > 0 {
                json.member("seconds_remaining", left)
            }
            json.member("percent_done", progress.fractionDone)
            member("total_files", progress.totalFiles ?? 0, &json)
            member("files_done", progress.filesDone, &json)
            member("total_bytes", progress.totalBytes ?? 0, &json)
            member("bytes_done", progress.bytesDone, &json)
            member("error_count", progress.errorCount, &json)
            if !progress.currentItems.isEmpty { json.member("current_files", progress.currentItems.sorted()) }
        }
        json.endLine()
    }

    private static func member(_ name: String, _ number: Int64, _ json: inout JSONText) {
        if number != 0 { json.member(name, number) }
    }

    private static func headline(_ progress: TransferProgress, _ rate: RateEstimator, _ columns: Int) -> String {
        let clock = "[\(DurationText.clock(progress.elapsed))]"
        var tail: [String] = []
        if let text = rateText(rate) { tail.append(text) }
        guard let total = progress.totalBytes else {
            return ([clock, "counting files"] + tail).joined(separator: "  ")
        }
        tail.insert(DecimalText.leftPadded(DecimalText.percent(progress.bytesDone, of: max(1, total)), to: 7), at: 0)
        if let text = timeLeftText(progress, rate) { tail.append(text) }
        let end = tail.joined(separator: "  ")
        let room = min(40, columns - clock.count - end.count - 6)
        guard room >= 8 else { return clock + "  " + end }
        return clock + " " + bar(progress.fractionDone, width: room) + " " + end
    }

    /// A bar of `width` cells between brackets.
    package static func bar(_ fraction: Double, width: Int) -> String {
        let filled = max(0, min(width, Int((fraction * Double(width)).rounded(.down))))
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled) + "]"
    }

    private static func counts(_ progress: TransferProgress) -> String {
        var files = "\(progress.filesDone)"
        if let total = progress.totalFiles { files += " / \(total)" }
        var bytes = ByteCountText.format(progress.bytesDone)
        if let total = progress.totalBytes { bytes += " / " + ByteCountText.format(total) }
        let errors = progress.errorCount == 1 ? "1 error" : "\(progress.errorCount) errors"
        return "\(files) files, \(bytes), \(errors)"
    }

    private static func rateText(_ rate: RateEstimator) -> String? {
        rate.bytesPerSecond.map { ByteCountText.format(Int64($0)) + "/s" }
    }

    private static func timeLeft(_ progress: TransferProgress, _ rate: RateEstimator) -> Duration? {
        guard let total = progress.totalBytes else { return nil }
        return rate.timeLeft(for: total - progress.bytesDone)
    }

    private static func timeLeftText(_ progress: TransferProgress, _ rate: RateEstimator) -> String? {
        timeLeft(progress, rate).map { "ETA " + DurationText.clock($0) }
    }
}
