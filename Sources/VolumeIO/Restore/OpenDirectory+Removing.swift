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
    /// Needs one descriptor per level of the removed tree, and no stack: whoever made the tree chose its depth. An entry that vanishes
    /// meanwhile is no error.
    package func removeRecursively(_ name: FileName) throws(FileSystemError) {
        guard let top = try removedUnlessDirectory(name) else { return }
        var open = [RemovedDirectory(name: name, directory: top, listing: try top.directory.entries())]
        while let current = open.last {
            if current.next < current.listing.count {
                open[open.count - 1].next += 1
                let entry = current.listing.name(at: current.next)
                if let below = try current.directory.directory.removedUnlessDirectory(entry) {
                    let listing = try below.directory.entries()
                    open.append(RemovedDirectory(name: entry, directory: below, listing: listing))
                }
                continue
            }
            open.removeLast()
            if let parent = open.last {
                try parent.directory.directory.removeEmptiedDirectory(current.name)
            } else {
                try removeEmptiedDirectory(name)
            }
        }
    }

    /// Removes an entry unless it is a directory, which is opened and given back.
    private func removedUnlessDirectory(_ name: FileName) throws(FileSystemError) -> SharedDirectory? {
        do throws(FileSystemError) {
            try removeFile(name)
            return nil
        } catch  where error.code == .notFound {
            return nil
        } catch  where error.code == .isDirectory || error.code == .notPermitted {
            // A directory; POSIX lets `unlink` answer EPERM for one.
        } catch {
            throw error
        }
        do throws(FileSystemError) {
            return SharedDirectory(try openDirectory(name))
        } catch  where error.code == .notDirectory {
            // Not a directory after all, so the refusal was about this file.
            throw FileSystemError(.notPermitted, .remove, number: EPERM, path: name.bytes)
        } catch {
            throw error
        }
    }

    private func removeEmptiedDirectory(_ name: FileName) throws(FileSystemError) {
        do throws(FileSystemError) {
            try removeEmptyDirectory(name)
        } catch  where error.code == .notFound {
            return
        } catch {
            throw error
        }
    }
}

/// A directory that is being emptied, and how far that is.
private struct RemovedDirectory {
    let name: FileName
    let directory: SharedDirectory
    let listing: DirectoryListing
    var next = 0
}
