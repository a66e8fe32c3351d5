// SPDX-License-Identifier: Apache-2.0

package import Logging

/// Writes log events as lines, each by one call of its sink, so that lines of several threads never mix.
package struct LineLogHandler: LogHandler {
    /// Where lines go; takes a whole line with its end, and must be safe to call from any thread.
    package typealias Sink = @Sendable ([UInt8]) -> Void

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let format: LogFormat
    private let now: @Sendable () -> Int64
    private let sink: Sink

    /// - Parameter now: The time of day, in milliseconds since 1970.
    package init(
        format: LogFormat,
        level: Logger.Level = .info,
        now: @escaping @Sendable () -> Int64 = LogTime.now,
        sink: @escaping Sink
    ) {
        self.format = format
        logLevel = level
        self.now = now
        self.sink = sink
    }

    /// A logger that writes through such a handler.
    package static func logger(
        label: String,
        format: LogFormat,
        level: Logger.Level,
        now: @escaping @Sendable () -> Int64 = LogTime.now,
        sink: @escaping Sink
    ) -> Logger {
        Logger(label: label) { _ in LineLogHandler(format: format, level: level, now: now, sink: sink) }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields: [String: String] = [:]
        for (name, value) in metadata { fields[name] = value.description }
        for (name, value) in metadataProvider?.get() ?? [:] { fields[name] = value.description }
        for (name, value) in event.metadata ?? [:] { fields[name] = value.description }
        if let error = event.error { fields["error"] = "\(error)" }
        let line = LogLine(
            time: LogTime.text(milliseconds: now()),
            level: event.level,
            message: event.message.description,
            fields: fields
        )
        sink(line.bytes(format))
    }
}
