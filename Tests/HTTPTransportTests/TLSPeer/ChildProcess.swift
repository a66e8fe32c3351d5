// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A program run by a test, with pipes for its standard input and output.
///
/// Used from one thread at a time.
final class ChildProcess {
    private let identifier: pid_t
    private let input: Int32
    private let output: Int32
    private let needsSignal: Bool
    private var hasEnded = false

    /// - Parameter needsSignal: Whether the program does not end by itself when its input does.
    init(_ arguments: [String], needsSignal: Bool = false) throws {
        self.needsSignal = needsSignal
        var inputPipe: [Int32] = [-1, -1]
        var outputPipe: [Int32] = [-1, -1]
        guard unsafe pipe(&inputPipe) == 0, unsafe pipe(&outputPipe) == 0 else {
            throw SocketError(call: "pipe", code: errno)
        }
        // The child must not hold the ends that are the parent's: its input would never end.
        for descriptor in [inputPipe[1], outputPipe[0]] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, inputPipe[0], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, outputPipe[1], 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)

        var child = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        let status = unsafe posix_spawnp(&child, arguments[0], &actions, nil, words, environ)
        Glibc.close(inputPipe[0])
        Glibc.close(outputPipe[1])
        guard status == 0 else {
            Glibc.close(inputPipe[1])
            Glibc.close(outputPipe[0])
            throw SocketError(call: arguments[0], code: status)
        }
        identifier = child
        input = inputPipe[1]
        output = outputPipe[0]
    }

    deinit { _ = finish() }

    /// Reads up to the next line feed or the end.
    func readLine() -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    /// Ends the input and waits for the program.
    ///
    /// - Returns: Its exit code.
    func finish() -> Int32 {
        guard !hasEnded else { return 0 }
        hasEnded = true
        Glibc.close(input)
        // Not SIGTERM: the child inherits the mask of the thread it was started from, which may block it.
        if needsSignal { kill(identifier, SIGKILL) }
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        Glibc.close(output)
        return (status >> 8) & 0xFF
    }

    /// Runs a program to its end.
    static func run(_ arguments: [String]) throws {
        let code = try ChildProcess(arguments).finish()
        guard code == 0 else { throw SocketError(call: arguments.joined(separator: " "), code: code) }
    }
}
