// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Foundation
internal import Synchronization

/// A server of another project, run on a loopback port of its own choosing for as long as a closure runs.
enum ServerProcess {
    /// Why a server could not be had.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Watches over the server: ends it, by its process id, when this side closes the pipe or dies.
    ///
    /// Clears the signal mask first, since threads of a test process block the signals that end processes, and children inherit that.
    /// Lets go of the output, so that this ends when the server does.
    private static let watchdog = """
        import os, signal, subprocess, sys
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        while os.read(0, 4096):
            pass
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        """

    /// Starts `program`, waits until its output tells the port, runs `body` with that, and ends the program.
    ///
    /// - Parameter announcement: The text that stands right before the port in the line to wait for.
    static func run<Result>(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        announcement: String,
        _ body: (_ port: Int) async throws -> Result
    ) async throws -> Result {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failure(description: "this test needs \(program); install it with `make deps`")
        }
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", watchdog, program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let log = ServerLog(announcement: announcement)
        let executor = BlockingExecutor(name: "server output", threadCount: 1)
        let reader = output.fileHandleForReading
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await executor.run { while log.append(reader.availableData) {} } }
            let outcome: Swift.Result<Result, any Error>
            do {
                outcome = .success(try await body(try await log.port()))
            } catch {
                outcome = .failure(error)
            }
            try? input.fileHandleForWriting.close()
            // The output ends with the server, so this waits for both; cancelled or not, it takes as long as a process takes to die.
            await group.waitForAllIgnoringErrors()
            return try outcome.get()
        }
    }
}

/// What a server prints, and the port it announces there.
private final class ServerLog: Sendable {
    private let text = Mutex("")
    private let announcement: String
    private let announced = BoundedChannel<Int>(capacity: 1)

    init(announcement: String) {
        self.announcement = announcement
    }

    /// Takes the next piece of output; false at the end.
    func append(_ data: Data) -> Bool {
        guard !data.isEmpty else {
            announced.finish()
            return false
        }
        let port = text.withLock { text in
            text += String(decoding: data, as: UTF8.self)
            return Self.port(in: text, after: announcement)
        }
        if let port { _ = try? announced.trySend(port) }
        // Only the end matters for messages; the announcement comes early.
        text.withLock { if $0.utf8.count > 1 << 16 { $0 = String($0.suffix(1 << 14)) } }
        return true
    }

    func port() async throws -> Int {
        if let port = try await announced.receive() { return port }
        throw ServerProcess.Failure(
            description: "the server ended before it was ready: \(text.withLock { $0.suffix(2000) })"
        )
    }

    private static func port(in text: String, after announcement: String) -> Int? {
        guard let start = text.firstRange(of: announcement) else { return nil }
        let digits = text[start.upperBound...].prefix { $0.isWholeNumber }
        // Wait for what follows the number, which may still be on its way.
        guard digits.endIndex < text.endIndex else { return nil }
        return Int(digits)
    }
}

extension ThrowingTaskGroup where Failure == any Error {
    /// Waits for every child, whatever they throw.
    fileprivate mutating func waitForAllIgnoringErrors() async {
        while true {
            do {
                guard try await next() != nil else { return }
            } catch {}
        }
    }
}
