// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard input, the terminal and small files of this process.
struct StandardInput: CommandInput {
    let isTerminal: Bool

    /// Largest file that is read as a password, a location or a list of patterns.
    private static let maximumFileByteCount = 256 << 20

    init() {
        isTerminal = isatty(STDIN_FILENO) == 1
    }

    func readSecret(prompt: String) throws -> String {
        StandardStreams().writeError(Array(prompt.utf8))
        let echo = TerminalEcho()
        defer {
            echo?.restore()
            StandardStreams().writeError([UInt8(ascii: "\n")])
        }
        guard let line = try readLine() else { throw CommandFailure("no password was typed") }
        return line
    }

    func readLine() throws -> String? {
        var line: [UInt8] = []
        while true {
            let byte = try read(maximumByteCount: 1)
            guard let first = byte.first else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            if first == UInt8(ascii: "\n") { break }
            line.append(first)
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }

    func read(maximumByteCount: Int) throws -> [UInt8] {
        try Self.read(STDIN_FILENO, maximumByteCount: maximumByteCount, name: "standard input")
    }

    func readFile(_ path: String) throws -> [UInt8] {
        // SAFETY: the path is passed as a terminated string for the call only.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure("the file \(path) cannot be opened: \(SystemText.message(errno))")
        }
        defer { close(descriptor) }
        var contents: [UInt8] = []
        while true {
            let piece = try Self.read(descriptor, maximumByteCount: 64 << 10, name: "the file \(path)")
            if piece.isEmpty { return contents }
            contents += piece
            guard contents.count <= Self.maximumFileByteCount else {
                throw CommandFailure("the file \(path) is larger than 256 MiB; is it the right one?")
            }
        }
    }

    func runProgram(_ words: [String], adding variables: [String: String]) throws -> [UInt8] {
        let child = try ChildProgram(words, adding: variables)
        var output: [UInt8] = []
        while true {
            let piece = try child.read(maximumByteCount: 64 << 10)
            if piece.isEmpty { break }
            output += piece
            guard output.count <= 1 << 20 else {
                child.terminate()
                throw CommandFailure(
                    "the program \(words[0]) printed more than 1 MiB where a password or token is expected"
                )
            }
        }
        try child.waitForSuccess()
        return output
    }

    func startProgram(_ words: [String]) throws -> any ProgramOutput {
        try ChildProgram(words)
    }

    /// Reads once, giving way to cancellation at least ten times a second.
    static func read(_ descriptor: Int32, maximumByteCount: Int, name: String) throws -> [UInt8] {
        while true {
            while !Polling.isReadable(descriptor, withinMilliseconds: 100) { try Task.checkCancellation() }
            try Task.checkCancellation()
            var count = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: maximumByteCount) { buffer, used in
                // SAFETY: the kernel writes at most buffer.count bytes into it; only those are marked as used.
                count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                used = max(0, count)
            }
            if count >= 0 { return bytes }
            guard errno == EINTR || errno == EAGAIN else {
                throw CommandFailure("\(name) cannot be read: \(SystemText.message(errno))")
            }
        }
    }
}

/// Typed characters kept off the screen.
private struct TerminalEcho {
    private let saved: termios

    /// Turns the echo off; nil when standard input is no terminal.
    init?() {
        var settings = termios()
        // SAFETY: tcgetattr fills, tcsetattr reads, one termios that lives until the call returns.
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        saved = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    }

    func restore() {
        var settings = saved
        // SAFETY: as above.
        _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    }
}
