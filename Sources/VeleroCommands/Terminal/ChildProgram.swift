// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A program started by this one, whose standard output is read here; its standard error is ours, its input is empty.
final class ChildProgram: ProgramOutput {
    private let name: String
    private let processID: pid_t
    private let output: Int32
    private let status = Mutex<Int32?>(nil)

    /// Starts `words[0]`, searched in PATH, without a shell, with this process's environment and `variables`.
    ///
    /// - Throws: ``CommandFailure`` when there is no such program or it may not be run.
    init(_ words: [String], adding variables: [String: String] = [:]) throws(CommandFailure) {
        guard let name = words.first else { throw CommandFailure("the command to run is empty") }
        self.name = name
        var ends: [Int32] = [-1, -1]
        // SAFETY: pipe writes exactly two descriptors into the array.
        guard unsafe pipe(&ends) == 0 else {
            throw CommandFailure("no pipe for the program \(name): \(SystemText.message(errno))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (code, child) = Self.spawn(words, adding: variables, outputEnd: ends[1])
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw CommandFailure("the program \(name) cannot be run: \(SystemText.message(code))")
        }
        output = ends[0]
        processID = child
    }

    deinit {
        close(output)
        if status.withLock({ $0 }) == nil {
            kill(processID, SIGKILL)
            _ = reap()
        }
    }

    /// The next bytes the program prints; empty at the end.
    func read(maximumByteCount: Int) throws -> [UInt8] {
        try StandardInput.read(output, maximumByteCount: maximumByteCount, name: "the output of \(name)")
    }

    func terminate() {
        kill(processID, SIGTERM)
    }

    /// - Throws: ``CommandFailure`` unless the program ended with exit code 0.
    func waitForSuccess() throws(CommandFailure) {
        let result = reap()
        guard result != 0 else { return }
        let signal = result & 0x7f
        let how = signal == 0 ? "exit code \(result >> 8 & 0xff)" : "signal \(signal)"
        throw CommandFailure("the program \(name) failed with \(how)")
    }

    private func reap() -> Int32 {
        status.withLock { known in
            if let known { return known }
            var result: Int32 = 0
            // SAFETY: waitpid writes one status into `result`.
            while unsafe waitpid(processID, &result, 0) < 0, errno == EINTR {}
            known = result
            return result
        }
    }

    private static func spawn(
        _ words: [String],
        adding variables: [String: String],
        outputEnd: Int32
    ) -> (code: Int32, child: pid_t) {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var defaults = sigset_t()
        var none = sigset_t()
        var child: pid_t = 0
        // SAFETY: both objects are initialised before use and destroyed after it; the pointers to arguments and variables are
        // copies made by strdup, ended by nil as execve wants, alive until the call returns and freed afterwards.
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, outputEnd, STDOUT_FILENO)
        unsafe sigemptyset(&defaults)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1] { unsafe sigaddset(&defaults, signal) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        // The thread this runs on blocks nearly every signal; a program that inherited that could not be ended.
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe arguments.append(nil)
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe ProcessFacts.environment()
            .merging(variables) { $1 }.map { unsafe strdup("\($0)=\($1)") }
        unsafe environment.append(nil)
        defer { unsafe environment.forEach { unsafe free($0) } }
        let code = unsafe posix_spawnp(&child, words[0], &actions, &attributes, arguments, environment)
        return (code, child)
    }
}
