// SPDX-License-Identifier: Apache-2.0

import CShims
import Glibc

extension OpenDirectory {
    /// Sets owner and group of the entry called `name`, of a symbolic link itself.
    package func setOwner(_ ownerID: UInt32, group groupID: UInt32, of name: FileName) throws(FileSystemError) {
        _ = try systemCall(.setOwner, name.bytes) {
            unsafe name.withCString { unsafe fchownat(rawDescriptor, $0, ownerID, groupID, AT_SYMLINK_NOFOLLOW) }
        }
    }

    /// Sets owner and group of this directory itself.
    package func setOwner(_ ownerID: UInt32, group groupID: UInt32) throws(FileSystemError) {
        _ = try systemCall(.setOwner) { fchown(rawDescriptor, ownerID, groupID) }
    }

    /// Sets access and modification time of the entry called `name`, of a symbolic link itself.
    package func setTimes(accessed: FileTime, modified: FileTime, of name: FileName) throws(FileSystemError) {
        let times = [accessed.timespec, modified.timespec]
        // SAFETY: utimensat reads two elements.
        _ = try systemCall(.setTimes, name.bytes) {
            unsafe times.withUnsafeBufferPointer { times in
                unsafe name.withCString {
                    unsafe utimensat(rawDescriptor, $0, times.baseAddress, AT_SYMLINK_NOFOLLOW)
                }
            }
        }
    }

    /// Sets access and modification time of this directory itself.
    package func setTimes(accessed: FileTime, modified: FileTime) throws(FileSystemError) {
        let times = [accessed.timespec, modified.timespec]
        // SAFETY: futimens reads two elements.
        _ = try systemCall(.setTimes) {
            unsafe times.withUnsafeBufferPointer { unsafe futimens(rawDescriptor, $0.baseAddress) }
        }
    }

    /// Runs `body`, which adds or removes entries of this directory, and gives the directory the times back that it had before, where
    /// this process may.
    package func keepingTimes(_ body: () throws -> Void) throws {
        let before = try metadata()
        try body()
        // Times are a nicety here; what the body did counts.
        try? setTimes(accessed: before.accessed, modified: before.modified)
    }

    /// Sets the lower 12 mode bits of this directory itself.
    package func setPermissions(_ permissions: UInt16) throws(FileSystemError) {
        _ = try systemCall(.setPermissions) { fchmod(rawDescriptor, mode_t(permissions)) }
    }

    /// Sets the lower 12 mode bits of the entry called `name`.
    ///
    /// - Throws: ``FileSystemError`` with `symbolicLink` when the entry is a symbolic link, which has no permissions of its own.
    package func setPermissions(_ permissions: UInt16, of name: FileName) throws(FileSystemError) {
        // A path descriptor pins the inode, so that the link check and the change concern the same file on any kernel.
        let pinned = try openEntry(name, shims_O_PATH | O_NOFOLLOW | O_CLOEXEC, as: .setPermissions)
        var status = stat()
        _ = try systemCall(.setPermissions, name.bytes) { unsafe fstat(pinned.rawValue, &status) }
        guard status.st_mode & S_IFMT != S_IFLNK else {
            throw FileSystemError(.symbolicLink, .setPermissions, path: name.bytes)
        }
        let number = pinned.rawValue
        do throws(FileSystemError) {
            _ = try systemCall(.setPermissions, name.bytes) {
                unsafe "".withCString { unsafe shims_fchmodat2(number, $0, mode_t(permissions), shims_AT_EMPTY_PATH) }
            }
        } catch  where error.number == ENOSYS || error.number == EPERM {
            _ = try systemCall(.setPermissions, name.bytes) {
                unsafe "/proc/self/fd/\(number)".withCString { unsafe chmod($0, mode_t(permissions)) }
            }
        } catch {
            throw error
        }
    }
}
