// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A program that runs beside the test.
final class RunningProgram {
    private let process = Process()
    /// Stays open, so that the program waits when it reads.
    private let input = Pipe()
    private let errors = Pipe()
    private(set) var errorText = ""

    init(_ path: String, _ arguments: [String], environment: [String: String], directory: String? = nil) throws {
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
    }

    var processID: Int32 { process.processIdentifier }

    /// Whether it has not ended yet, as far as is known.
    var isRunning: Bool { process.isRunning }

    /// Blocks until standard error holds `text`.
    ///
    /// - Throws: When the program ends its output without it.
    func waitForError(containing text: String) throws {
        while !errorText.contains(text) {
            let data = errors.fileHandleForReading.availableData
            guard !data.isEmpty else {
                throw ExternalProgram.Failure(description: "the program ended without \"\(text)\": \(errorText)")
            }
            errorText += String(decoding: data, as: UTF8.self)
        }
    }

    func closeInput() {
        try? input.fileHandleForWriting.close()
    }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// Blocks until the program has ended; its exit code, or the number of the signal that ended it.
    func wait() -> Int32 {
        errorText += String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// A shared lock held by a real restic that waits for bytes to back up.
final class HeldLock {
    private let holder: RunningProgram

    /// Returns when the lock is there.
    init(_ bench: Workbench) throws {
        holder = try RunningProgram(bench.resticProgram.path, ["backup", "--stdin"], environment: bench.environment)
        let locks = bench.repository + "/locks"
        while try FileManager.default.contentsOfDirectory(atPath: locks).isEmpty { sched_yield() }
    }

    /// Lets the backup finish.
    func end() {
        holder.closeInput()
        _ = holder.wait()
    }
}

/// A shell with PIPESTATUS.
func requireShell() throws -> ExternalProgram {
    try requireProgram("bash")
}

/// `velero` run by someone who owns nothing here.
struct UnprivilegedVelero {
    private let bench: Workbench
    private let binary: String

    init(_ bench: Workbench) throws {
        self.bench = bench
        binary = bench.root + "/velero"
        try FileManager.default.copyItem(atPath: bench.velero.path, toPath: binary)
        try requireProgram("chmod").run(["-R", "a+rX", bench.root])
    }

    /// Gives the repository to whoever runs ``run(_:)``.
    func ownRepository() throws {
        guard getuid() == 0 else { return }
        try requireProgram("chown").run(["-R", "65534:65534", bench.repository])
    }

    /// Makes the repository read-only for whoever runs ``run(_:)``.
    func protectRepository() throws {
        if getuid() != 0 { try requireProgram("chmod").run(["-R", "a-w", bench.repository]) }
    }

    func run(_ words: [String]) throws -> Workbench.Outcome {
        try run(binary, ["restic"] + words)
    }

    /// Runs a copy of another program.
    func run(_ program: ExternalProgram, _ words: [String]) throws -> Workbench.Outcome {
        let copy = bench.root + "/other"
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: program.path, toPath: copy)
        return try run(copy, ["--no-cache"] + words)
    }

    private func run(_ path: String, _ words: [String]) throws -> Workbench.Outcome {
        let prefix = getuid() == 0 ? ["--reuid=65534", "--regid=65534", "--clear-groups", path] : [path]
        let program = try requireProgram(getuid() == 0 ? "setpriv" : "env")
        let output = try program.attempt(
            prefix + words,
            environment: bench.environment.merging(["XDG_CACHE_HOME": "/nonexistent", "HOME": "/nonexistent"]) { $1 },
            directory: "/"
        )
        return Workbench.Outcome(
            code: output.status,
            text: String(decoding: output.standardOutput, as: UTF8.self),
            errorText: output.standardError
        )
    }
}
