// SPDX-License-Identifier: Apache-2.0

import CShims
import Glibc

extension OpenDirectory {
    /// Removes an entry that is not a directory; a symbolic link itself.
    package func removeFile(_ name: FileName) throws(FileSystemError) {
        _ = try systemCall(.remove, name.bytes) {
            unsafe name.withCString { unsafe unlinkat(rawDescriptor, $0, 0) }
        }
    }

    /// Removes an empty directory.
    package func removeEmptyDirectory(_ name: FileName) throws(FileSystemError) {
        _ = try systemCall(.remove, name.bytes) {
            unsafe name.withCString { unsafe unlinkat(rawDescriptor, $0, AT_REMOVEDIR) }
        }
    }

    /// Removes an entry whatever it is, with everything beneath it; a symbolic link itself, never its target.
    ///
    /// Needs one descriptor per level of the removed tree. An entry that vanishes meanwhile is no error.
    package func removeRecursively(_ name: FileName) throws(FileSystemError) {
        do throws(FileSystemError) {
            try removeFile(name)
            return
        } catch  where error.code == .notFound {
            return
        } catch  where error.code == .isDirectory || error.code == .notPermitted {
            // A directory; POSIX lets `unlink` answer EPERM for one.
        } catch {
            throw error
        }
        let subdirectory: OpenDirectory
        do throws(FileSystemError) {
            subdirectory = try openDirectory(name)
        } catch  where error.code == .notDirectory {
            // Not a directory after all, so the refusal was about this file.
            throw FileSystemError(.notPermitted, .remove, number: EPERM, path: name.bytes)
        } catch {
            throw error
        }
        let listing = try subdirectory.entries()
        for index in 0..<listing.count { try subdirectory.removeRecursively(listing.name(at: index)) }
        do throws(FileSystemError) {
            try removeEmptyDirectory(name)
        } catch  where error.code == .notFound {
            return
        } catch {
            throw error
        }
    }
}
