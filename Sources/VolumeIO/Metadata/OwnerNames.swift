// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// The names of users and groups by number, each asked of the system once.
package final class OwnerNames: Sendable {
    private let users = Mutex<[UInt32: String]>([:])
    private let groups = Mutex<[UInt32: String]>([:])

    package init() {}

    /// The name of user `id`; empty when there is none.
    package func user(_ id: UInt32) -> String {
        users.withLock { known in
            if let name = known[id] { return name }
            let name = Self.lookUpUser(id)
            known[id] = name
            return name
        }
    }

    /// The name of group `id`; empty when there is none.
    package func group(_ id: UInt32) -> String {
        groups.withLock { known in
            if let name = known[id] { return name }
            let name = Self.lookUpGroup(id)
            known[id] = name
            return name
        }
    }

    private static func lookUpUser(_ id: UInt32) -> String {
        unsafe withGrowingBuffer { buffer in
            var record = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            // SAFETY: the record's strings point into `buffer`, which outlives their use here.
            let code = unsafe getpwuid_r(id, &record, buffer.baseAddress.unsafelyUnwrapped, buffer.count, &found)
            return (code, unsafe found == nil ? "" : copy(record.pw_name))
        }
    }

    private static func lookUpGroup(_ id: UInt32) -> String {
        unsafe withGrowingBuffer { buffer in
            var record = unsafe Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            // SAFETY: as for users.
            let code = unsafe getgrgid_r(id, &record, buffer.baseAddress.unsafelyUnwrapped, buffer.count, &found)
            return (code, unsafe found == nil ? "" : copy(record.gr_name))
        }
    }

    /// Repeats a look-up with more room while the system says ERANGE, up to 1 MiB.
    private static func withGrowingBuffer(
        _ body: (UnsafeMutableBufferPointer<CChar>) -> (code: Int32, name: String)
    ) -> String {
        var capacity = 4096
        while capacity <= 1 << 20 {
            let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: capacity)
            defer { unsafe buffer.deallocate() }
            let (code, name) = unsafe body(buffer)
            if code == 0 { return name }
            if code == ERANGE { capacity *= 4 } else if code != EINTR { return "" }
        }
        return ""
    }

    private static func copy(_ text: UnsafeMutablePointer<CChar>?) -> String {
        guard let text = unsafe text else { return "" }
        // SAFETY: the C library terminates the strings of its records.
        return unsafe String(cString: text)
    }
}
