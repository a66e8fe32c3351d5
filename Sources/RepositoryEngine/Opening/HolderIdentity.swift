// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Who this process is, as key files, locks and snapshots say it.
package struct HolderIdentity: Hashable, Sendable {
    package var hostname: String
    package var username: String
    package var processID: Int64
    package var userID: UInt32
    package var groupID: UInt32

    package init(hostname: String, username: String, processID: Int64, userID: UInt32, groupID: UInt32) {
        self.hostname = hostname
        self.username = username
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
    }

    /// This process, as the operating system describes it.
    package static var current: HolderIdentity {
        let process = ProcessInfo.processInfo
        return HolderIdentity(
            hostname: process.hostName,
            username: process.userName,
            processID: Int64(process.processIdentifier),
            userID: getuid(),
            groupID: getgid()
        )
    }

    /// Whether a process of this host runs; a process that may not be signalled runs.
    package static func isProcessAlive(_ processID: Int64) -> Bool {
        guard let id = pid_t(exactly: processID), id > 0 else { return false }
        return kill(id, 0) == 0 || errno == EPERM
    }
}
