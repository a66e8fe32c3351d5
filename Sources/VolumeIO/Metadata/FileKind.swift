// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What an entry is.
package enum FileKind: UInt8, Sendable, CaseIterable {
    case regular, directory, symbolicLink, blockDevice, characterDevice, pipe, socket

    /// The kind in the upper bits of `st_mode`; nil for a value this system does not define.
    init?(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symbolicLink
        case S_IFBLK: self = .blockDevice
        case S_IFCHR: self = .characterDevice
        case S_IFIFO: self = .pipe
        case S_IFSOCK: self = .socket
        default: return nil
        }
    }

    /// The kind in `d_type`; nil when the file system does not fill it in.
    init?(directoryEntryType type: UInt8) {
        self.init(mode: mode_t(type) << 12)
    }
}
