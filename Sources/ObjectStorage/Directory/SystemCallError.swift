// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A failed syscall, not yet translated into what it means for an object.
struct SystemCallError: Error, Sendable {
    let errno: Int32
    /// Name of the call, such as `fsync`.
    let call: StaticString

    /// The system's own words, for the end of a message.
    var reason: String {
        // SAFETY: strerror_r writes a terminated string of at most `count` bytes or returns a static one; it is copied at once.
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            unsafe buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress, unsafe strerror_r(errno, start, buffer.count) == 0 else {
                return "error \(errno)"
            }
            return unsafe String(cString: start)
        }
    }
}
