// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// The numbers of users and groups by name, each asked of the system once.
package final class OwnerNumbers: Sendable {
    private let users = Mutex<[String: UInt32?]>([:])
    private let groups = Mutex<[String: UInt32?]>([:])

    package init() {}

    /// The number of the user called `name`; nil when there is none.
    package func user(_ name: String) -> UInt32? {
        guard !name.isEmpty else { return nil }
        return users.withLock { known in
            if let number = known[name] { return number }
            let number = Self.lookUpUser(name)
            known[name] = .some(number)
            return number
        }
    }

    /// The number of the group called `name`; nil when there is none.
    package func group(_ name: String) -> UInt32? {
        guard !name.isEmpty else { return nil }
        return groups.withLock { known in
            if let number = known[name] { return number }
            let number = Self.lookUpGroup(name)
            known[name] = .some(number)
            return number
        }
    }

    private static func lookUpUser(_ name: String) -> UInt32? {
        unsafe withGrowingBuffer { buffer in
            var record = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            // SAFETY: the name is passed as a terminated string; the record's strings point into `buffer` and are not used.
            let code = unsafe getpwnam_r(name, &record, buffer.baseAddress.unsafelyUnwrapped, buffer.count, &found)
            return (code, unsafe found == nil ? nil : record.pw_uid)
        }
    }

    private static func lookUpGroup(_ name: String) -> UInt32? {
        unsafe withGrowingBuffer { buffer in
            var record = unsafe Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            // SAFETY: as for users.
            let code = unsafe getgrnam_r(name, &record, buffer.baseAddress.unsafelyUnwrapped, buffer.count, &found)
            return (code, unsafe found == nil ? nil : record.gr_gid)
        }
    }

    /// Repeats a look-up with more room while the system says ERANGE, up to 1 MiB.
    private static func withGrowingBuffer(
        _ body: (UnsafeMutableBufferPointer<CChar>) -> (code: Int32, number: UInt32?)
    ) -> UInt32? {
        var capacity = 4096
        while capacity <= 1 << 20 {
            let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: capacity)
            defer { unsafe buffer.deallocate() }
            let (code, number) = unsafe body(buffer)
            if code == 0 { return number }
            if code == ERANGE { capacity *= 4 } else if code != EINTR { return nil }
        }
        return nil
    }
}
