// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension StorageError {
    /// What a failed syscall means for an object in a directory, and what to do about it.
    ///
    /// - Parameters:
    ///   - action: What was being done, such as `write`.
    ///   - key: The object, or nil when the directory itself is meant.
    ///   - location: The store's root directory.
    init(_ failure: SystemCallError, action: String, key: String?, location: String) {
        let object = key.map { "\($0) in \(location)" } ?? location
        let (code, remedy) = Self.meaning(of: failure.errno)
        self.init(
            code,
            "cannot \(action) \(object): \(failure.call): \(failure.reason); \(remedy)",
            cause: failure
        )
    }

    private static func meaning(of errno: Int32) -> (Code, remedy: String) {
        switch errno {
        case ENOENT: (.notFound, "it does not exist")
        case EACCES, EPERM:
            (.denied, "run as the owner of the directory or give this user read, write and search permission")
        case EROFS: (.readOnly, "the file system is mounted read-only; mount it writable")
        case ENOSPC: (.full, "the file system is full; free space or inodes there")
        case EDQUOT: (.full, "the disk quota is used up; raise it or free space")
        case EFBIG: (.full, "the file system does not take files of this size")
        case ESTALE: (.unavailable, "the network file system lost the file handle; remount it if this stays")
        case EIO: (.unavailable, "the device or network file system failed; look into the kernel log")
        case ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH, ENETDOWN, ECONNREFUSED, ECONNRESET, ENOTCONN, EREMOTEIO:
            (.unavailable, "the file server does not answer; check network and server")
        case EMFILE: (.unavailable, "too many open files in this process; raise its limit (ulimit -n)")
        case ENFILE, ENOMEM: (.unavailable, "the system is out of file handles or memory; try again later")
        case EBUSY, EAGAIN, ETXTBSY: (.unavailable, "the file is busy; try again later")
        case ELOOP: (.invalid, "symbolic links inside a store are not followed; use a bind mount instead")
        case ENAMETOOLONG: (.invalid, "the name is too long for this file system")
        case ENOTDIR, EISDIR, EEXIST, ENOTEMPTY:
            (.invalid, "a file stands where a directory is needed, or the reverse; move it away")
        case ENODEV, ENXIO: (.containerNotFound, "the device is gone; attach or mount it again")
        default: (.invalid, "the file system refuses this request")
        }
    }
}
