// SPDX-License-Identifier: Apache-2.0

import CShims
import Glibc

extension OpenDirectory {
    /// Opens the directory reached from this one through `path`, one name after another, without following any symbolic link.
    ///
    /// With `openat2` (Linux 5.6) that is one call, elsewhere one per name; either way the result lies beneath this directory.
    package func openDirectory(beneath path: [FileName]) throws(FileSystemError) -> OpenDirectory {
        guard let first = path.first else { return try duplicate() }
        guard path.count > 1 else { return try openDirectory(first) }
        var joined: [UInt8] = []
        for name in path {
            if !joined.isEmpty { joined.append(slash) }
            name.append(to: &joined)
        }
        // A path longer than the kernel takes at once goes name by name.
        if joined.count < 4000, !Self.isWithoutOpenat2 {
            var resolve = shims_RESOLVE_BENEATH | shims_RESOLVE_NO_SYMLINKS
            if staysOnMount { resolve |= shims_RESOLVE_NO_XDEV }
            let resolution = resolve
            do throws(FileSystemError) {
                let number = try systemCall(.open, joined) {
                    unsafe withCPath(joined) {
                        unsafe shims_openat2(rawDescriptor, $0, UInt64(directoryFlags | O_NOFOLLOW), 0, resolution)
                    }
                }
                return OpenDirectory(Descriptor(number), staysOnMount: staysOnMount)
            } catch  where error.number == EAGAIN {
                // A rename elsewhere in the tree disturbed the look-up.
            } catch {
                throw error
            }
        }
        var current = try openDirectory(first)
        for name in path.dropFirst() { current = try current.openDirectory(name) }
        return current
    }

    /// True when the kernel, or the sandbox around this process, has no `openat2`; asked once.
    static let isWithoutOpenat2: Bool = {
        let number = unsafe ".".withCString {
            unsafe shims_openat2(AT_FDCWD, $0, UInt64(shims_O_PATH | O_CLOEXEC), 0, shims_RESOLVE_BENEATH)
        }
        guard number >= 0 else { return errno == ENOSYS || errno == EPERM || errno == EINVAL }
        _ = close(number)
        return false
    }()
}
