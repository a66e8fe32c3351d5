// SPDX-License-Identifier: Apache-2.0

import DataMover
import ResticFormat
import Synchronization

/// Tells people and programs how a backup goes.
final class BackupReporter: Sendable {
    private let console: Console
    private let progress: ArchiveProgress
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let rate = Mutex(RateEstimator())
    private let hasToldScan = Mutex(false)

    init(_ console: Console, _ progress: ArchiveProgress) {
        self.console = console
        self.progress = progress
        start = clock.now
    }

    private var elapsed: Duration { start.duration(to: clock.now) }

    /// Who the archiver reports to.
    var observer: ArchiveObserver {
        let wantsItems = console.verbosity >= (console.isJSON ? .verbose : .everyItem)
        var observer = ArchiveObserver(itemFailed: { [self] failure in console.warn(failure, during: "archival") })
        observer.snapshotUnreadable = { [console] id, error in
            let reason = FailureText.failure(for: error).message
            console.warn("snapshot \(id.shortHex) cannot be read, so this backup does not build on it: \(reason)")
        }
        if wantsItems { observer.itemDone = { [self] item in show(item) } }
        return observer
    }

    /// The status lines of now.
    func lines(columns: Int, isLive: Bool) -> [String] {
        let (state, rate) = sample()
        tellScan()
        return isLive
            ? TransferProgressText.lines(state, rate: rate, columns: columns)
            : [TransferProgressText.plainLine(state, rate: rate)]
    }

    /// Prints one JSON status message.
    func showJSON() {
        let (state, rate) = sample()
        tellScan()
        var json = JSONText()
        TransferProgressText.json(state, rate: rate, into: &json)
        console.write(json)
    }

    private func sample() -> (TransferProgress, RateEstimator) {
        let counts = progress.counts
        var state = TransferProgress()
        state.elapsed = elapsed
        state.filesDone = Int64(counts.filesDone)
        state.bytesDone = Int64(counts.bytesDone)
        if counts.isScanComplete {
            state.totalFiles = Int64(max(counts.filesFound, counts.filesDone))
            state.totalBytes = Int64(max(counts.bytesFound, counts.bytesDone))
        }
        state.errorCount = Int64(counts.errors)
        state.currentItems = progress.currentPaths.map { PrintableText.name($0) }
        let estimate = rate.withLock { rate in
            rate.record(state.bytesDone, at: state.elapsed)
            return rate
        }
        return (state, estimate)
    }

    /// Says once, with `-v`, what the scan has found.
    func tellScan() {
        let counts = progress.counts
        guard counts.isScanComplete, console.verbosity >= .verbose else { return }
        guard
            hasToldScan.withLock({ told in
                defer { told = true }
                return !told
            })
        else { return }
        let seconds = DurationText.seconds(elapsed)
        guard console.isJSON else {
            let size = ByteCountText.format(counts.bytesFound)
            console.detail(
                "scan finished in \(DecimalText.fixed(seconds, decimals: 3))s: \(counts.filesFound) files, \(size)"
            )
            return
        }
        verboseStatus(
            "scan_finished",
            item: "",
            seconds: seconds,
            data: (counts.bytesFound, 0),
            metadata: (0, 0),
            files: counts.filesFound
        )
    }

    private func show(_ item: ItemReport) {
        let action =
            switch item.change {
            case .new: "new"
            case .changed: "modified"
            case .unmodified: "unchanged"
            }
        let path = String(decoding: item.path, as: UTF8.self) + (item.isDirectory ? "/" : "")
        guard console.isJSON else {
            let shown = DecimalText.rightPadded(action, to: 9) + " " + PrintableText.name(path)
            guard item.change != .unmodified else { return console.say(shown) }
            let added = ByteCountText.format(item.addedByteCount)
            let stored = ByteCountText.format(item.addedStoredByteCount)
            return console.say("\(shown), saved (\(added) added, \(stored) stored)")
        }
        let added = (item.addedByteCount, item.addedStoredByteCount)
        let none = (0, 0)
        verboseStatus(
            action,
            item: path,
            seconds: 0,
            data: item.isDirectory ? none : added,
            metadata: item.isDirectory ? added : none,
            files: 0
        )
    }

    private func verboseStatus(
        _ action: String,
        item: String,
        seconds: Double,
        data: (Int, Int),
        metadata: (Int, Int),
        files: Int
    ) {
        var json = JSONText()
        json.object { json in
            json.member("message_type", "verbose_status")
            json.member("action", action)
            json.member("item", item)
            json.member("duration", seconds)
            json.member("data_size", data.0)
            json.member("data_size_in_repo", data.1)
            json.member("metadata_size", metadata.0)
            json.member("metadata_size_in_repo", metadata.1)
            json.member("total_files", files)
        }
        json.endLine()
        console.write(json)
    }
}
