// SPDX-License-Identifier: Apache-2.0

import Glibc

extension FileSystemError {
    /// Translates an error number of the operating system.
    init(number: Int32, _ operation: FileOperation, _ path: [UInt8] = []) {
        self.init(Code(number: number), operation, number: number, path: path)
    }

    /// Why it failed, in the operating system's words where it has any.
    package var reason: String {
        switch code {
        case .invalidName: "not a valid file name"
        case .symbolicLink: "a symbolic link is in the way"
        case .crossesBoundary where operation != .link:
            "the path leaves the directory it must stay in, or something is mounted there"
        default: number == 0 ? code.rawValue : Self.systemText(number)
        }
    }

    /// What a person can do about it, where there is something to do.
    package var remedy: String? {
        switch code {
        case .denied:
            "run as root or with CAP_DAC_READ_SEARCH; on NFS check root squashing and the export's permissions"
        case .notPermitted: "this needs the file's owner or root (CAP_CHOWN, CAP_FOWNER, CAP_MKNOD)"
        case .noSpace: "free space or inodes on this file system, then run again"
        case .quotaExceeded: "raise the quota or free space owned by this user or project"
        case .fileTooLarge: "the file system or a process limit (ulimit -f) does not allow files this large"
        case .readOnlyFileSystem: "mount the volume read-write, or choose another target"
        case .stale: "the server replaced or removed the file; mount the export again if this repeats"
        case .inputOutput: "the disk or server reported a fault; look at the kernel log (dmesg) of this node"
        case .unreachable: "check that the server behind this mount answers"
        case .tooManyOpenFiles: "raise the limit on open files (ulimit -n)"
        case .outOfMemory: "give this process more memory"
        case .busy: "something else uses it; stop that, then run again"
        default: nil
        }
    }

    private static func systemText(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        // SAFETY: strerror_r writes at most the given count, NUL included, into the buffer it is lent.
        let code = unsafe buffer.withUnsafeMutableBufferPointer {
            unsafe strerror_r(number, $0.baseAddress.unsafelyUnwrapped, $0.count)
        }
        guard code == 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension FileSystemError.Code {
    /// The code for an error number.
    init(number: Int32) {
        switch number {
        case ENOENT: self = .notFound
        case EEXIST: self = .alreadyExists
        case EACCES: self = .denied
        case EPERM: self = .notPermitted
        case EISDIR: self = .isDirectory
        case ENOTDIR: self = .notDirectory
        case ELOOP: self = .symbolicLink
        case ENOTEMPTY: self = .directoryNotEmpty
        case ENOSPC: self = .noSpace
        case EDQUOT: self = .quotaExceeded
        case EFBIG: self = .fileTooLarge
        case EROFS: self = .readOnlyFileSystem
        case ESTALE: self = .stale
        case EIO, EUCLEAN, EREMOTEIO: self = .inputOutput
        case ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ENOTCONN, ENXIO, ENODEV: self = .unreachable
        case EMFILE, ENFILE: self = .tooManyOpenFiles
        case ENAMETOOLONG: self = .nameTooLong
        case ENOTSUP, ENOSYS: self = .notSupported
        case EBUSY, ETXTBSY, EAGAIN: self = .busy
        case ENOMEM: self = .outOfMemory
        case ENODATA: self = .noAttribute
        case EXDEV: self = .crossesBoundary
        default: self = .other
        }
    }
}

/// Calls `body` until it is not interrupted by a signal, and turns a negative answer into an error.
@inline(__always)
func systemCall<Result: SignedInteger>(
    _ operation: FileOperation,
    _ path: @autoclosure () -> [UInt8] = [],
    _ body: () -> Result
) throws(FileSystemError) -> Result {
    while true {
        let result = body()
        if result >= 0 { return result }
        let number = errno
        if number != EINTR { throw FileSystemError(number: number, operation, path()) }
    }
}
