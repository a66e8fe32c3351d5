// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Logging

/// Keeps log lines for tests to look at.
struct RecordingLogHandler: LogHandler {
    let log: LatestValue<[String]>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(log: LatestValue<[String]>) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let fields = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        log.update { $0.append("\(event.level) \(event.message) \(fields)") }
    }
}
