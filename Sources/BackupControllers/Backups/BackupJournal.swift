// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import Logging
import Synchronization
import Telemetry
import VeleroAPI

/// What a backup tells about itself: its log, kept compressed until it is stored, and the warnings and errors in it.
final class BackupJournal: Sendable {
    private struct State {
        let log: ArchiveWriter
        var results = BackupResults()
    }

    private let state: Mutex<State>
    private let backup: String
    private let logger: Logger
    private let now: @Sendable () -> KubeTime

    init(_ backup: ObjectKey, logger: Logger, now: @escaping @Sendable () -> KubeTime) throws {
        state = Mutex(State(log: try ArchiveWriter(.plain)))
        self.backup = "\(backup)"
        self.logger = logger
        self.now = now
    }

    func info(_ message: String, _ fields: [String: String] = [:]) {
        write(.info, message, fields, nil)
    }

    func warning(_ entry: BackupResults.Entry) {
        write(.warning, entry.message, Self.fields(entry), (.warning, entry))
        logger.warning("\(entry.message)", metadata: metadata(entry))
    }

    func error(_ entry: BackupResults.Entry) {
        write(.error, entry.message, Self.fields(entry), (.error, entry))
        logger.error("\(entry.message)", metadata: metadata(entry))
    }

    private static func fields(_ entry: BackupResults.Entry) -> [String: String] {
        [
            "resource": entry.resource, "namespace": entry.namespace, "name": entry.name, "error": entry.error,
        ].compactMapValues { $0 }
    }

    private func metadata(_ entry: BackupResults.Entry) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["backup": "\(backup)"]
        for (name, value) in Self.fields(entry) { metadata[name] = "\(value)" }
        return metadata
    }

    private func write(
        _ level: Logger.Level,
        _ message: String,
        _ fields: [String: String],
        _ result: (BackupResults.Severity, BackupResults.Entry)?
    ) {
        let time = now()
        let line = LogLine(
            time: LogTime.text(milliseconds: time.seconds * 1000 + Int64(time.nanoseconds / 1_000_000)),
            level: level,
            message: message,
            fields: fields.merging(["backup": backup]) { own, _ in own }
        ).bytes(.text)
        state.withLock { state in
            // A log that cannot be compressed for want of memory is no reason to end a backup.
            try? state.log.append(line)
            if let (severity, entry) = result { state.results.note(severity, entry) }
        }
    }

    /// Warnings and errors so far.
    var results: BackupResults { state.withLock { $0.results } }

    /// Ends the log and gives it, compressed; what is told afterwards is lost.
    func finishLog() throws -> [UInt8] {
        try state.withLock { state in
            try state.log.close()
            return state.log.takeOutput()
        }
    }
}
