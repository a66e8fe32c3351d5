// SPDX-License-Identifier: Apache-2.0

import Testing
import VeleroCommands

@Suite("Progress")
struct ProgressTests {
    @Test("a status area is drawn over itself and taken away")
    func statusArea() {
        var area = StatusArea()
        let size = TerminalSize(columns: 10, rows: 24)
        #expect(area.redraw(["one", "two"], size: size) == "one\u{1b}[K\ntwo\u{1b}[K\u{1b}[J")
        #expect(area.redraw(["0123456789"], size: size) == "\r\u{1b}[1A01234567…\u{1b}[K\u{1b}[J")
        #expect(area.erase() == "\r\u{1b}[J")
        #expect(area.erase() == "")
    }

    @Test("a status area never exceeds the terminal's height")
    func height() {
        var area = StatusArea()
        let text = area.redraw(["1", "2", "3", "4"], size: TerminalSize(columns: 80, rows: 3))
        #expect(text.contains("2") && !text.contains("3\u{1b}"))
    }

    @Test("messages stand above the status, which is drawn again")
    func display() throws {
        let output = RecordedOutput(isTerminal: true)
        let display = StatusDisplay(output, isLive: true)
        display.show(["50%"])
        display.print("a message")
        display.clear()
        #expect(output.text == "50%\u{1b}[K\u{1b}[J\r\u{1b}[Ja message\n50%\u{1b}[K\u{1b}[J\r\u{1b}[J")
        try display.requireOutput()
    }

    @Test("without a terminal each status is a line")
    func plainDisplay() {
        let output = RecordedOutput()
        let display = StatusDisplay(output, isLive: false)
        display.show(["50%"])
        display.printError("oops")
        #expect(output.text == "50%\n")
        #expect(output.errorText == "oops\n")
    }

    @Test("the rate is that of the last seconds")
    func rate() {
        var rate = RateEstimator()
        #expect(rate.bytesPerSecond == nil)
        for second in 0...100 { rate.record(Int64(second < 50 ? 0 : second - 50) << 20, at: .seconds(second)) }
        #expect(rate.bytesPerSecond == 1_048_576)
        #expect(rate.timeLeft(for: 10 << 20) == .seconds(10))
    }

    @Test("work that is counted in bytes shows share, rate, time left and counts in 80 columns")
    func work() {
        var rate = RateEstimator()
        rate.record(0, at: .zero)
        rate.record(1 << 30, at: .seconds(10))
        var count = WorkCount(unit: "packs", total: 50_000, totalByteCount: 4 << 40)
        count.done = 12_345
        count.doneByteCount = 1 << 40
        count.elapsed = .seconds(4000)
        let lines = WorkProgressText.lines(count, rate: rate, columns: 80)
        #expect(
            lines == [
                "[1:06:40] [#######-----------------------]  25.00%  102.400 MiB/s  ETA 8:32:00",
                "12345 / 50000 packs, 1.000 TiB / 4.000 TiB",
            ]
        )
        #expect(lines.allSatisfy { $0.count <= 79 })
        #expect(
            WorkProgressText.plainLine(count, rate: rate)
                == "[1:06:40]  25.00%  12345 / 50000 packs, 1.000 TiB / 4.000 TiB  102.400 MiB/s  ETA 8:32:00"
        )
        #expect(WorkProgressText.finalLine(count) == "[1:06:40]  24.69%  12345 / 50000 packs, 1.000 TiB")
        #expect(
            WorkProgressText.lines(WorkCount(unit: "trees"), rate: RateEstimator(), columns: 80) == ["[0:00]  0 trees"]
        )
    }

    @Test("two lines fit 80 columns")
    func lines() {
        var rate = RateEstimator()
        rate.record(0, at: .zero)
        rate.record(1 << 30, at: .seconds(10))
        var progress = TransferProgress()
        progress.elapsed = .seconds(3723)
        progress.filesDone = 1_234_567
        progress.totalFiles = 4_567_890
        progress.bytesDone = 1 << 30
        progress.totalBytes = 4 << 30
        progress.currentItems = ["/b", "/a"]
        let lines = TransferProgressText.lines(progress, rate: rate, columns: 80)
        #expect(
            lines == [
                "[1:02:03] [########-------------------------]  25.00%  102.400 MiB/s  ETA 0:30",
                "1234567 / 4567890 files, 1.000 GiB / 4.000 GiB, 0 errors",
                "  /a", "  /b",
            ]
        )
        #expect(
            TransferProgressText.plainLine(progress, rate: rate)
                == "[1:02:03]  25.00%  1234567 / 4567890 files, 1.000 GiB / 4.000 GiB, 0 errors  102.400 MiB/s  ETA 0:30"
        )
    }

    @Test("status messages leave zeros out as restic does")
    func json() {
        var json = JSONText()
        TransferProgressText.json(TransferProgress(), rate: RateEstimator(), into: &json)
        #expect(json.string == #"{"message_type":"status","percent_done":0}"# + "\n")
    }

    @Test("counts")
    func counts() {
        #expect(
            CountProgressText.line(elapsed: .zero, done: 3, total: 3, unit: "packs") == "[0:00] 100.00%  3 / 3 packs"
        )
        #expect(
            CountProgressText.line(elapsed: .seconds(9), done: 1, total: 3, unit: "packs")
                == "[0:09]  33.33%  1 / 3 packs"
        )
        #expect(CountProgressText.line(elapsed: .zero, done: 0, total: 0, unit: "packs") == "[0:00]          0 packs")
    }

    @Test("the pace follows terminal, JSON, verbosity and RESTIC_PROGRESS_FPS")
    func pace() {
        func interval(_ fps: String?, _ terminal: Bool, _ json: Bool, _ verbosity: Verbosity = .normal) -> Duration? {
            ProgressPace.interval(framesPerSecond: fps, isTerminal: terminal, isJSON: json, verbosity: verbosity)
        }
        #expect(interval(nil, true, false) == .milliseconds(100))
        #expect(interval(nil, false, false) == nil)
        #expect(interval(nil, false, true) == .milliseconds(100))
        #expect(interval(nil, true, false, .quiet) == nil)
        #expect(interval("0.5", false, false) == .seconds(2))
        #expect(interval("1000", false, false) == .seconds(1.0 / 60))
        #expect(interval("nonsense", false, false) == nil)
    }
}
