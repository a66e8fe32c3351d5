// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Foundation
import TestSupport

/// A file that does not answer: whoever opens it waits in the kernel until the lease is given back, 45 seconds at most.
///
/// It needs no rights and no file server, and is as deaf to cancellation as a file server that is gone.
final class FileLease: Sendable {
    private let process: Process
    private let input = Pipe()
    private let output = Pipe()
    private let executor = BlockingExecutor(name: "lease", threadCount: 1)

    private static let program = """
        import fcntl, os, signal, sys
        signal.signal(signal.SIGIO, lambda *_: os.write(1, b"asked\\n"))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGIO])
        lease = os.open(sys.argv[1], os.O_RDWR)
        fcntl.fcntl(lease, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        os.write(1, b"held\\n")
        sys.stdin.read()
        """

    init(_ path: String) async throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: try requireProgram("python3").path)
        process.arguments = ["-c", Self.program, path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try await waitForLine()
    }

    /// Waits until somebody waits for the file.
    func waitUntilAsked() async throws { try await waitForLine() }

    private func waitForLine() async throws {
        let handle = output.fileHandleForReading
        await executor.run { () throws(Never) in _ = handle.availableData }
    }

    /// Lets those through that wait.
    func release() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
