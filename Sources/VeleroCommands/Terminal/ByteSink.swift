// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where a stream of bytes goes: a file of its own, or standard output.
struct ByteSink: Sendable {
    private let descriptor: Int32?
    private let output: any CommandOutput
    private let path: String

    /// Opens `path` for `body`, emptied; nil stands for `output`.
    static func lend(
        _ path: String?,
        otherwise output: any CommandOutput,
        _ body: (ByteSink) async throws -> Void
    ) async throws {
        guard let path else { return try await body(ByteSink(descriptor: nil, output: output, path: "")) }
        // SAFETY: the path is passed as a terminated string for the call only.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure("the file \(path) cannot be written: \(SystemText.message(errno))")
        }
        defer { close(descriptor) }
        try await body(ByteSink(descriptor: descriptor, output: output, path: path))
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
            throw CommandFailure("the file \(path) cannot be written: \(SystemText.message(errno))")
        }
    }

    func write(_ bytes: [UInt8]) throws {
        guard let descriptor else { return try output.write(bytes) }
        let code = StandardStreams.writeAll(bytes, to: descriptor)
        guard code == 0 else { throw CommandFailure("the file \(path) cannot be written: \(SystemText.message(code))") }
    }
}
