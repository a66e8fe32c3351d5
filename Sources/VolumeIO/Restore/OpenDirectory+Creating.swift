// SPDX-License-Identifier: Apache-2.0

import CShims
import Glibc

extension OpenDirectory {
    /// Creates a file that must not exist yet and opens it for reading and writing.
    package func createFile(_ name: FileName, permissions: UInt16 = 0o600) throws(FileSystemError) -> OpenFile {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY
        return OpenFile(try openEntry(name, flags, permissions: permissions, as: .create))
    }

    /// Opens an existing file for reading and writing without truncating it.
    ///
    /// Never waits on a FIFO or device; the caller checks the kind with ``OpenFile/metadata()`` before writing.
    package func openFileForWriting(_ name: FileName) throws(FileSystemError) -> OpenFile {
        OpenFile(try openEntry(name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK))
    }

    /// Makes a subdirectory.
    package func makeDirectory(_ name: FileName, permissions: UInt16 = 0o700) throws(FileSystemError) {
        _ = try systemCall(.makeDirectory, name.bytes) {
            unsafe name.withCString { unsafe mkdirat(rawDescriptor, $0, mode_t(permissions)) }
        }
    }

    /// Makes a symbolic link; the target is stored as given and never looked at.
    package func makeSymbolicLink(_ name: FileName, target: [UInt8]) throws(FileSystemError) {
        _ = try systemCall(.makeSymbolicLink, name.bytes) {
            unsafe withCPath(target) { target in
                unsafe name.withCString { unsafe symlinkat(target, rawDescriptor, $0) }
            }
        }
    }

    /// Makes a block or character device node.
    ///
    /// - Parameter device: As in ``FileMetadata/representedDevice``.
    package func makeDevice(
        _ name: FileName,
        isBlock: Bool,
        device: UInt64,
        permissions: UInt16 = 0o600
    ) throws(FileSystemError) {
        let mode = (isBlock ? S_IFBLK : S_IFCHR) | mode_t(permissions)
        _ = try systemCall(.makeDevice, name.bytes) {
            unsafe name.withCString { unsafe mknodat(rawDescriptor, $0, mode, dev_t(device)) }
        }
    }

    /// Makes a named pipe.
    package func makePipe(_ name: FileName, permissions: UInt16 = 0o600) throws(FileSystemError) {
        _ = try systemCall(.makePipe, name.bytes) {
            unsafe name.withCString { unsafe mkfifoat(rawDescriptor, $0, mode_t(permissions)) }
        }
    }

    /// Gives the entry `source` of another directory a second name here; links a symbolic link itself, not its target.
    package func makeHardLink(
        _ name: FileName,
        to source: FileName,
        in sourceDirectory: borrowing OpenDirectory
    ) throws(FileSystemError) {
        let sourceDescriptor = sourceDirectory.rawDescriptor
        _ = try systemCall(.link, name.bytes) {
            unsafe source.withCString { source in
                unsafe name.withCString { unsafe linkat(sourceDescriptor, source, rawDescriptor, $0, 0) }
            }
        }
    }

    /// Moves the entry `source` of another directory here, replacing what stands at `name`.
    package func moveHere(
        _ name: FileName,
        from source: FileName,
        in sourceDirectory: borrowing OpenDirectory
    ) throws(FileSystemError) {
        let sourceDescriptor = sourceDirectory.rawDescriptor
        _ = try systemCall(.rename, name.bytes) {
            unsafe source.withCString { source in
                unsafe name.withCString { unsafe renameat(sourceDescriptor, source, rawDescriptor, $0) }
            }
        }
    }
}
