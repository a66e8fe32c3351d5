// SPDX-License-Identifier: Apache-2.0

import DataMover
import Synchronization

/// Tells people and programs how a restore goes.
final class RestoreReporter: Sendable {
    let progress = RestoreProgress()
    private let console: Console
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let rate = Mutex(RateEstimator())
    private let failureCount = Mutex(0)
    /// Paths that a later comparison leaves out; nil when none follows.
    private let settledPaths: Mutex<Set<[UInt8]>?>

    /// - Parameter remembersSettled: Keep the paths of what was right already or failed, for ``settled``.
    init(_ console: Console, remembersSettled: Bool) {
        self.console = console
        settledPaths = Mutex(remembersSettled ? [] : nil)
        start = clock.now
    }

    private var elapsed: Duration { start.duration(to: clock.now) }

    /// Who the restorer reports to.
    var observer: RestoreObserver {
        let wantsItems = console.verbosity >= (console.isJSON ? .verbose : .everyItem)
        let remembers = settledPaths.withLock { $0 != nil }
        var observer = RestoreObserver(itemFailed: { [self] failure in
            settle(failure.path)
            tell(failure)
        })
        guard wantsItems || remembers else { return observer }
        observer.itemDone = { [self] item in
            if remembers, item.action == .unchanged { settle(item.path) }
            if wantsItems { show(item) }
        }
        return observer
    }

    /// Files that were compared before, left alone, or reported as failed.
    var settled: Set<[UInt8]> { settledPaths.withLock { $0 ?? [] } }

    private func settle(_ path: [UInt8]) {
        settledPaths.withLock { _ = $0?.insert(path) }
    }

    /// Who the verifier reports to.
    var verifyObserver: RestoreObserver { RestoreObserver(itemFailed: { [self] failure in tell(failure) }) }

    func lines(columns: Int, isLive: Bool) -> [String] {
        let counts = progress.counts
        var state = TransferProgress()
        state.elapsed = elapsed
        state.filesDone = Int64(counts.filesRestored + counts.filesSkipped)
        state.bytesDone = Int64(counts.bytesRestored + counts.bytesSkipped)
        if counts.isScanComplete {
            state.totalFiles = Int64(counts.filesFound)
            state.totalBytes = Int64(counts.bytesFound)
        }
        state.errorCount = Int64(failureCount.withLock { $0 })
        let estimate = rate.withLock { rate in
            rate.record(state.bytesDone, at: state.elapsed)
            return rate
        }
        return isLive
            ? TransferProgressText.lines(state, rate: estimate, columns: columns)
            : [TransferProgressText.plainLine(state, rate: estimate)]
    }

    func showJSON() { write("status") }

    /// Prints the summary.
    func finish() {
        guard !console.isJSON else { return write("summary") }
        let counts = progress.counts
        let wanted = counts.filesFound - counts.filesSkipped
        let wantedBytes = counts.bytesFound - counts.bytesSkipped
        var text = "Summary: Restored \(counts.filesRestored)"
        if counts.filesRestored == wanted, counts.bytesRestored == wantedBytes {
            text += " files/dirs (\(ByteCountText.format(counts.bytesRestored)))"
        } else {
            text +=
                " / \(wanted) files/dirs (\(ByteCountText.format(counts.bytesRestored)) / \(ByteCountText.format(wantedBytes)))"
        }
        text += " in \(DurationText.clock(elapsed))"
        if counts.filesSkipped > 0 {
            text += ", skipped \(counts.filesSkipped) files/dirs \(ByteCountText.format(counts.bytesSkipped))"
        }
        if counts.filesDeleted > 0 { text += ", deleted \(counts.filesDeleted) files/dirs" }
        console.say(text)
    }

    /// - Throws: ``CommandFailure`` when anything was reported as failed.
    func requireNoErrors() throws(CommandFailure) {
        let count = failureCount.withLock { $0 }
        guard count > 0 else { return }
        throw CommandFailure("There were \(count) errors")
    }

    private func write(_ kind: String) {
        let counts = progress.counts
        var json = JSONText()
        json.object { json in
            json.member("message_type", kind)
            let seconds = elapsed.components.seconds
            if seconds > 0 { json.member("seconds_elapsed", seconds) }
            let total = counts.bytesFound - counts.bytesSkipped
            if kind == "status" {
                let share = counts.isScanComplete && total > 0 ? Double(counts.bytesRestored) / Double(total) : 0
                json.member("percent_done", min(1, share))
            }
            let members = [
                ("total_files", counts.filesFound - counts.filesSkipped), ("files_restored", counts.filesRestored),
                ("files_skipped", counts.filesSkipped), ("files_deleted", counts.filesDeleted), ("total_bytes", total),
                ("bytes_restored", counts.bytesRestored), ("bytes_skipped", counts.bytesSkipped),
            ]
            for (name, count) in members where count > 0 { json.member(name, count) }
        }
        json.endLine()
        console.write(json)
    }

    private func tell(_ failure: ItemFailure) {
        if failure.severity == .error { failureCount.withLock { $0 += 1 } }
        console.warn(failure, during: "restore")
    }

    private func show(_ item: RestoredItem) {
        guard console.isJSON else {
            var line = DecimalText.rightPadded(item.action.rawValue, to: 9) + " " + PrintableText.name(item.path)
            if item.byteCount > 0 { line += " with size \(ByteCountText.format(item.byteCount))" }
            return console.say(line)
        }
        var json = JSONText()
        json.object { json in
            json.member("message_type", "verbose_status")
            json.member("action", item.action.rawValue)
            json.member("item", String(decoding: item.path, as: UTF8.self))
            json.member("size", item.byteCount)
        }
        json.endLine()
        console.write(json)
    }
}
