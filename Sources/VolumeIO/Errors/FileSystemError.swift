// SPDX-License-Identifier: Apache-2.0

/// A file operation the operating system refused.
package struct FileSystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller may branch on; no associated values, so safe as a metric label.
    package enum Code: String, Sendable, CaseIterable {
        /// The entry, or a directory on the way to it, does not exist.
        case notFound
        case alreadyExists
        /// Permission bits, an access list or a security module forbid it (EACCES).
        case denied
        /// Only the owner or a privileged process may do it (EPERM).
        case notPermitted
        case isDirectory
        case notDirectory
        /// A symbolic link stands where none may be followed (ELOOP).
        case symbolicLink
        case directoryNotEmpty
        /// The file system is full (ENOSPC).
        case noSpace
        /// The user or project quota is used up (EDQUOT).
        case quotaExceeded
        /// The file would become larger than the file system or a limit allows (EFBIG).
        case fileTooLarge
        case readOnlyFileSystem
        /// The server no longer knows this file handle (ESTALE).
        case stale
        /// The device or server failed to deliver (EIO).
        case inputOutput
        /// The server or device behind the mount does not answer.
        case unreachable
        case tooManyOpenFiles
        case nameTooLong
        /// The file system or kernel cannot do this (ENOTSUP, ENOSYS).
        case notSupported
        case busy
        case outOfMemory
        /// The name is empty, `.` or `..`, or holds a slash or NUL.
        case invalidName
        /// The attribute does not exist (ENODATA).
        case noAttribute
        /// A path leaves the directory it must stay beneath (EXDEV from `openat2`, or `link` across file systems).
        case crossesBoundary
        case other
    }

    package var code: Code
    package var operation: FileOperation
    /// The operating system's error number; 0 when the check was our own.
    package var number: Int32
    /// The name or path concerned, as bytes; callers that know the whole path put it here with ``at(_:)``.
    package var path: [UInt8]

    package init(_ code: Code, _ operation: FileOperation, number: Int32 = 0, path: [UInt8] = []) {
        self.code = code
        self.operation = operation
        self.number = number
        self.path = path
    }

    /// The same error, naming `path`.
    package func at(_ path: [UInt8]) -> FileSystemError {
        FileSystemError(code, operation, number: number, path: path)
    }

    /// What failed, on which file, why, and what to do about it.
    package var message: String {
        var text = "\(operation.rawValue) \(String(decoding: path, as: UTF8.self)): \(reason)"
        if let remedy { text += "; \(remedy)" }
        return text
    }

    package var description: String { message }
}
