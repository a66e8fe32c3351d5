// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Synchronization
import Telemetry
import Testing

@Suite struct LogLineTests {
    private func line(
        _ message: String,
        _ fields: [String: String] = [:],
        _ format: LogFormat = .text,
        level: Logger.Level = .info
    ) -> String {
        let line = LogLine(time: "2026-11-22T19:15:49.007Z", level: level, message: message, fields: fields)
        return String(decoding: line.bytes(format), as: UTF8.self)
    }

    @Test func `text is what logrus writes`() {
        #expect(
            line("backup started", ["node": "worker-1", "bytes": "17", "path": "a b"], level: .warning)
                == #"time="2026-11-22T19:15:49.007Z" level=warning msg="backup started" bytes=17 node=worker-1 path="a b""#
                + "\n"
        )
    }

    @Test func `JSON is one object a line`() throws {
        let text = line("said \"no\"", ["error": "x\ny", "msg": "taken"], .json, level: .error)
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let object = try #require(value as? [String: String])
        #expect(
            object == [
                "level": "error", "msg": "said \"no\"", "time": "2026-11-22T19:15:49.007Z", "error": "x\ny",
                "fields.msg": "taken",
            ]
        )
        #expect(text.hasSuffix("}\n"))
    }

    @Test(arguments: LogFormat.allCases)
    func `nothing in a value starts another line or reaches a terminal`(_ format: LogFormat) {
        let hostile = "a\nlevel=error\r\u{1B}[31m\u{9B}\u{2028}\0"
        let text = line(hostile, ["na me=\n": hostile], format)
        #expect(text.unicodeScalars.filter { $0 == "\n" }.count == 1)
        #expect(!text.unicodeScalars.dropLast().contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    }

    @Test(arguments: LogFormat.allCases)
    func `a line has a largest size`(_ format: LogFormat) {
        let long = String(repeating: "ü", count: 1 << 20)
        let fields = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("field\($0)", long) })
        #expect(line(long, fields, format).utf8.count < 65 * (LogLine.maximumValueByteCount + 200))
        #expect(line(long, [:], format).contains("ü…"))
    }

    @Test func `times across leap years and before 1970`() {
        #expect(LogTime.text(milliseconds: 0) == "1970-01-01T00:00:00.000Z")
        #expect(LogTime.text(milliseconds: 951_782_400_001) == "2000-02-29T00:00:00.001Z")
        #expect(LogTime.text(milliseconds: 4_107_542_399_999) == "2100-02-28T23:59:59.999Z")
        #expect(LogTime.text(milliseconds: -1) == "1969-12-31T23:59:59.999Z")
    }

    @Test func `levels of the flag`() {
        #expect(LogLevelName.accepted.allSatisfy { LogLevelName.level($0) != nil })
        #expect(LogLevelName.level("WARNING") == .warning)
        #expect(LogLevelName.level("loud") == nil)
    }

    @Test func `a logger writes what its level lets through, each line at once`() {
        let lines = Shared<[String]>([])
        var logger = LineLogHandler.logger(label: "test", format: .text, level: .info, now: { 0 }) { bytes in
            lines.append(String(decoding: bytes, as: UTF8.self))
        }
        logger[metadataKey: "node"] = "n1"
        logger.debug("quiet")
        logger.info("volume found", metadata: ["volume": "data", "node": "n2"])
        #expect(
            lines.all == [
                #"time="1970-01-01T00:00:00.000Z" level=info msg="volume found" node=n2 volume=data"# + "\n"
            ]
        )
    }
}

/// Lines as they were written.
private final class Shared<Value: Sendable>: Sendable {
    private let values: Mutex<Value>

    init(_ value: Value) { values = Mutex(value) }

    var all: Value { values.withLock { $0 } }
}

extension Shared<[String]> {
    fileprivate func append(_ line: String) { values.withLock { $0.append(line) } }
}
