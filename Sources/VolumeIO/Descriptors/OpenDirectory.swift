// SPDX-License-Identifier: Apache-2.0

import CShims
import Glibc

/// An open directory: every operation on its entries goes through it, so that nothing moves beneath our feet.
///
/// No operation follows a symbolic link, except ``open(path:)`` on the way to the directory it names.
package struct OpenDirectory: ~Copyable, Sendable {
    private let descriptor: Descriptor
    /// Whether what is mounted beneath it is out of reach.
    let staysOnMount: Bool

    init(_ descriptor: consuming Descriptor, staysOnMount: Bool = false) {
        self.descriptor = descriptor
        self.staysOnMount = staysOnMount
    }

    /// The same directory, from which nothing that is mounted beneath it can be opened, whether it is another file system or a part of
    /// this one (a bind mount): such entries fail with `crossesBoundary`.
    ///
    /// Takes effect with `openat2` (Linux 5.6). It holds for all directories opened from this one.
    package consuming func stayingOnMount() -> OpenDirectory {
        OpenDirectory(descriptor, staysOnMount: true)
    }

    var rawDescriptor: Int32 { descriptor.rawValue }

    /// Opens the directory at `path`, absolute or relative to the working directory, following symbolic links.
    package static func open(path: [UInt8]) throws(FileSystemError) -> OpenDirectory {
        let number = try systemCall(.open, path) {
            unsafe withCPath(path) { unsafe shims_openat(AT_FDCWD, $0, directoryFlags, 0) }
        }
        return OpenDirectory(Descriptor(number))
    }

    /// Opens the directory at `path`, following symbolic links.
    package static func open(path: String) throws(FileSystemError) -> OpenDirectory {
        try open(path: Array(path.utf8))
    }

    /// Opens a subdirectory.
    ///
    /// - Throws: ``FileSystemError`` with `notDirectory` or `symbolicLink` when `name` is something else.
    package func openDirectory(_ name: FileName) throws(FileSystemError) -> OpenDirectory {
        OpenDirectory(try openEntry(name, directoryFlags | O_NOFOLLOW), staysOnMount: staysOnMount)
    }

    /// Another descriptor for the same directory.
    package func duplicate() throws(FileSystemError) -> OpenDirectory {
        let number = try systemCall(.open) {
            unsafe ".".withCString { unsafe shims_openat(rawDescriptor, $0, directoryFlags, 0) }
        }
        return OpenDirectory(Descriptor(number), staysOnMount: staysOnMount)
    }

    /// Opens a file for reading.
    ///
    /// Does not wait on a FIFO or device that took the file's place, and leaves the access time alone where that is allowed.
    /// The caller checks the kind with ``OpenFile/metadata()``.
    package func openFile(_ name: FileName) throws(FileSystemError) -> OpenFile {
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        do throws(FileSystemError) {
            return OpenFile(try openEntry(name, flags | shims_O_NOATIME))
        } catch {
            switch error.number {
            // Only the owner may leave the access time alone.
            case EPERM: return OpenFile(try openEntry(name, flags))
            // Another process holds a lease on the file: wait for it to give way.
            case EAGAIN: return OpenFile(try openEntry(name, flags & ~O_NONBLOCK))
            default: throw error
            }
        }
    }

    /// Opens the entry called `name` with exactly these flags.
    func openEntry(
        _ name: FileName,
        _ flags: Int32,
        permissions: UInt16 = 0,
        as operation: FileOperation = .open
    ) throws(FileSystemError) -> Descriptor {
        let onMount = staysOnMount && !Self.isWithoutOpenat2
        let number = try systemCall(operation, name.bytes) {
            unsafe name.withCString { path in
                guard onMount else { return unsafe shims_openat(rawDescriptor, path, flags, mode_t(permissions)) }
                let (flags, mode) = (UInt64(UInt32(bitPattern: flags)), UInt64(permissions))
                return unsafe shims_openat2(rawDescriptor, path, flags, mode, shims_RESOLVE_NO_XDEV)
            }
        }
        return Descriptor(number)
    }

    /// What `stat` tells about this directory itself.
    package func metadata() throws(FileSystemError) -> FileMetadata {
        var status = stat()
        _ = try systemCall(.stat) { unsafe fstat(rawDescriptor, &status) }
        return FileMetadata(status)
    }

    /// What `lstat` tells about the entry called `name`.
    package func metadata(of name: FileName) throws(FileSystemError) -> FileMetadata {
        var status = stat()
        _ = try systemCall(.stat, name.bytes) {
            unsafe name.withCString { unsafe fstatat(rawDescriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }
        }
        return FileMetadata(status)
    }

    /// The target of the symbolic link called `name`.
    package func readLink(_ name: FileName) throws(FileSystemError) -> [UInt8] {
        var capacity = 256
        while true {
            let target = try unsafe [UInt8](unsafeUninitializedCapacity: capacity) {
                buffer,
                count throws(FileSystemError) in
                let room = UnsafeMutableRawBufferPointer(buffer)
                // SAFETY: readlinkat writes at most as many bytes as the buffer it is lent has.
                count = try systemCall(.readLink, name.bytes) {
                    unsafe name.withCString {
                        unsafe readlinkat(
                            rawDescriptor,
                            $0,
                            room.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self),
                            room.count
                        )
                    }
                }
            }
            if target.count < capacity { return target }
            guard capacity < 1 << 20 else { throw FileSystemError(.nameTooLong, .readLink, path: name.bytes) }
            capacity *= 4
        }
    }
}

let directoryFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK

/// A reference to an open directory for work that outlives the scope that opened it; closes with the last reference.
package final class SharedDirectory: Sendable {
    package let directory: OpenDirectory

    package init(_ directory: consuming OpenDirectory) {
        self.directory = directory
    }
}
