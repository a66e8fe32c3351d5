// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ObjectStorage

@Suite("StorageError from syscalls")
struct SystemCallMeaningTests {
    @Test(
        "each kind of failure has its code and says what to do",
        arguments: [
            (ENOSPC, StorageError.Code.full, "free space"), (EDQUOT, .full, "quota"),
            (EROFS, .readOnly, "mount it writable"),
            (EACCES, .denied, "permission"), (EPERM, .denied, "permission"), (EIO, .unavailable, "kernel log"),
            (ESTALE, .unavailable, "remount"), (ETIMEDOUT, .unavailable, "server"), (EMFILE, .unavailable, "ulimit"),
            (ELOOP, .invalid, "bind mount"), (ENAMETOOLONG, .invalid, "too long"), (ENOTDIR, .invalid, "move it away"),
            (ENOENT, .notFound, "does not exist"), (EINVAL, .invalid, "refuses"),
        ]
    )
    func meaning(_ errno: Int32, _ code: StorageError.Code, _ remedy: String) {
        let failure = SystemCallError(errno: errno, call: "write")
        let error = StorageError(failure, action: "write", key: "index/ab", location: "/srv/repo")
        #expect(error.code == code)
        #expect(error.message.hasPrefix("cannot write index/ab in /srv/repo: write: "))
        #expect(error.message.contains(remedy))
        #expect((error.cause as? SystemCallError)?.errno == errno)
    }

    @Test(
        "names of files being written keep to the limit of 255 bytes",
        arguments: ["a", String(repeating: "ü", count: 127)]
    )
    func temporaryNames(_ name: String) {
        for _ in 0..<100 {
            let temporary = TemporaryName.make(for: name)
            #expect(temporary.utf8.count <= 255)
            #expect(TemporaryName.matches(temporary))
            #expect(!TemporaryName.matches(name))
        }
    }
}
