// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What this process is and where it runs.
enum ProcessFacts {
    static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        // SAFETY: environ is a nil-ended array of terminated strings; nothing in this process changes it.
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let parts = unsafe String(cString: text).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            unsafe entry += 1
        }
        return variables
    }

    static func workingDirectory() -> String {
        // SAFETY: getcwd with nil allocates a terminated string, freed here.
        guard let path = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    static func identity() -> ProcessIdentity {
        ProcessIdentity(
            hostName: hostName(),
            userName: userName(getuid()),
            userID: getuid(),
            groupID: getgid(),
            processID: getpid()
        )
    }

    /// A small file of the kernel; nil if it cannot be read.
    static func file(_ path: String) -> String? {
        (try? StandardInput().readFile(path)).map { String(decoding: $0, as: UTF8.self) }
    }

    static var pageByteCount: Int { sysconf(Int32(_SC_PAGESIZE)) }

    private static func hostName() -> String {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 256) { buffer, used in
            // SAFETY: gethostname writes at most the given count; the bytes after a failure are not used.
            let result = unsafe buffer.withMemoryRebound(to: CChar.self) { name in
                guard let base = name.baseAddress else { return Int32(-1) }
                return unsafe gethostname(base, name.count)
            }
            used = 0
            guard result == 0 else { return }
            while used < buffer.count, unsafe buffer[used] != 0 { used += 1 }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func userName(_ id: uid_t) -> String {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        // SAFETY: getpwuid_r fills `entry` with pointers into `buffer`, both alive until the name is copied.
        let result = unsafe getpwuid_r(id, &entry, &buffer, buffer.count, &found)
        guard result == 0, unsafe found != nil, let name = unsafe entry.pw_name else { return "" }
        return unsafe String(cString: name)
    }
}
