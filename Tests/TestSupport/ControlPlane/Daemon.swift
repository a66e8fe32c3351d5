// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Foundation

/// A program that runs in the background of a test, writes its output to a file, and ends when told to, or with the test process.
final class Daemon: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// How a daemon is ended.
    enum Ending: Sendable {
        /// SIGTERM; SIGKILL if that does not help within ten seconds.
        case asked
        /// SIGKILL.
        case killed
    }

    /// Waits for the end of the pipe, which comes at the latest when this side dies, and ends its own child by process id; told to
    /// terminate, it kills the child at once.
    ///
    /// Clears the signal mask first, since threads of a test process block the signals that end processes, and children inherit that.
    private static let watchdog = """
        import os, signal, subprocess, sys, threading
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        daemon = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
        signal.signal(signal.SIGTERM, lambda *_: daemon.kill())
        waiter = threading.Thread(target=lambda: (daemon.wait(), os._exit(0)))
        waiter.start()
        os.read(0, 1)
        daemon.terminate()
        waiter.join(10)
        daemon.kill()
        """

    private let lifeline: Pipe
    private let process: Process
    private let executor = BlockingExecutor(name: "daemon", threadCount: 1)
    let logPath: String

    /// Starts `program` from the search path or by its path; output is appended to the file at `logPath`.
    init(_ program: String, _ arguments: [String], logPath: String) throws {
        self.logPath = logPath
        if !FileManager.default.fileExists(atPath: logPath) {
            try Data().write(to: URL(fileURLWithPath: logPath))
        }
        guard let log = FileHandle(forWritingAtPath: logPath) else {
            throw Failure(description: "cannot write \(logPath)")
        }
        try log.seekToEnd()
        lifeline = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.watchdog, program] + arguments
        process.standardInput = lifeline
        process.standardOutput = log
        process.standardError = log
        try process.run()
    }

    /// Ends the daemon and returns when it is gone.
    func end(_ ending: Ending = .asked) async {
        switch ending {
        case .asked: try? lifeline.fileHandleForWriting.close()
        case .killed: process.terminate()
        }
        let process = process
        await executor.run { process.waitUntilExit() }
    }

    /// The last lines it wrote, for messages.
    var logTail: String {
        let text = String(decoding: FileManager.default.contents(atPath: logPath) ?? Data(), as: UTF8.self)
        return String(text.suffix(2000))
    }
}
