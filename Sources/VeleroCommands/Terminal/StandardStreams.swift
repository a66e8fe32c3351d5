// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output and standard error of this process.
struct StandardStreams: CommandOutput {
    let isTerminal: Bool

    init() {
        isTerminal = isatty(STDOUT_FILENO) == 1
    }

    func write(_ bytes: [UInt8]) throws {
        let code = Self.writeAll(bytes, to: STDOUT_FILENO)
        guard code != 0 else { return }
        guard code != EPIPE else { throw OutputClosed() }
        throw CommandFailure("standard output cannot be written: \(SystemText.message(code))")
    }

    func writeError(_ bytes: [UInt8]) {
        _ = Self.writeAll(bytes, to: STDERR_FILENO)
    }

    var terminalSize: TerminalSize {
        var size = winsize()
        // SAFETY: the kernel fills exactly one winsize, which lives until the call returns.
        let result = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
        guard result == 0, size.ws_col > 0 else { return .standard }
        return TerminalSize(columns: Int(size.ws_col), rows: max(1, Int(size.ws_row)))
    }

    /// Writes everything, waiting where the descriptor is not ready; the error number, or 0.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        // SAFETY: the buffer is valid for the closure, and offsets stay within its count.
        unsafe bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                guard let base = buffer.baseAddress else { return 0 }
                let written = unsafe Glibc.write(descriptor, base + offset, buffer.count - offset)
                if written >= 0 {
                    offset += written
                    continue
                }
                let code = errno
                switch code {
                case EINTR: continue
                case EAGAIN: Polling.waitUntilWritable(descriptor)
                default: return code
                }
            }
            return 0
        }
    }
}

/// The words of the C library for an error number.
enum SystemText {
    static func message(_ code: Int32) -> String {
        // SAFETY: strerror_l returns a terminated string that stays valid until this thread's next call.
        unsafe String(cString: strerror(code))
    }
}

/// Waiting for descriptors.
enum Polling {
    static func waitUntilWritable(_ descriptor: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // SAFETY: one entry, alive for the call.
        _ = unsafe poll(&entry, 1, -1)
    }

    /// True when `descriptor` has something to read or has ended; false after `milliseconds`.
    static func isReadable(_ descriptor: Int32, withinMilliseconds milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // SAFETY: one entry, alive for the call.
        return unsafe poll(&entry, 1, milliseconds) > 0
    }
}
