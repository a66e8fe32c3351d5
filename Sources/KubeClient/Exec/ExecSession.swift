// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// Which output of a command bytes belong to.
package enum ExecOutput: Sendable, Hashable {
    case standardOutput
    case standardError
}

/// What frames of a running command mean (channels of `v4.channel.k8s.io` and `v5`); decides only.
struct ExecSession: Sendable {
    enum Action: Sendable, Hashable {
        case output(ExecOutput, [UInt8])
        case send(WebSocketFrame)
        /// The command ended, with its exit code.
        case exited(Int)
    }

    /// Longest report on how a command ended.
    private static let maximumReportByteCount = 64 << 10

    /// The channel of the message under way, in parts or not.
    private var channel: UInt8?
    private var isInMessage = false
    private var report: [UInt8] = []

    /// Takes the next frame.
    ///
    /// - Throws: ``KubeError`` if the command could not be run, or the connection ends before the command.
    mutating func take(_ frame: WebSocketFrame) throws -> [Action] {
        switch frame.kind {
        case .ping: return [.send(WebSocketFrame(kind: .pong, payload: frame.payload))]
        case .pong: return []
        case .close:
            guard let code = try exitCode() else {
                throw KubeError(.network, "the connection to a running command was closed", isRetryable: true)
            }
            return [.exited(code)]
        case .text, .binary:
            guard !isInMessage else { throw KubeError(.malformed, "the API server mixes WebSocket messages") }
            channel = frame.payload.first
            isInMessage = !frame.isFinal
            return try take(frame.payload.dropFirst())
        case .continuation:
            guard isInMessage else { throw KubeError(.malformed, "the API server continues no WebSocket message") }
            isInMessage = !frame.isFinal
            guard channel != nil else {
                channel = frame.payload.first
                return try take(frame.payload.dropFirst())
            }
            return try take(frame.payload[...])
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) throws -> [Action] {
        switch channel {
        case 1: return bytes.isEmpty ? [] : [.output(.standardOutput, Array(bytes))]
        case 2: return bytes.isEmpty ? [] : [.output(.standardError, Array(bytes))]
        case 3:
            guard report.count + bytes.count <= Self.maximumReportByteCount else {
                throw KubeError(.tooLarge, "the API server's report on a command is too long")
            }
            report += bytes
            guard !isInMessage, let code = try exitCode() else { return [] }
            return [.exited(code)]
        default: return []
        }
    }

    /// The exit code, once the report is there.
    private func exitCode() throws -> Int? {
        guard !report.isEmpty else { return nil }
        guard let status = try? JSONText.parse(report) else {
            throw KubeError(.malformed, "the API server's report on a command is no Status")
        }
        if status["status"]?.string == "Success" { return 0 }
        if status["reason"]?.string == "NonZeroExitCode" {
            for cause in status[["details", "causes"]]?.array ?? [] where cause["reason"]?.string == "ExitCode" {
                if let code = cause["message"]?.string.flatMap({ Int($0) }) { return code }
            }
        }
        throw KubeError(.rejected, "the command could not be run: \(status["message"]?.string ?? "no reason given")")
    }
}
