// SPDX-License-Identifier: Apache-2.0

/// File type and permissions in Go's `os.FileMode` bits, which differ from those of `st_mode`.
package struct NodeMode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Read, write and execute bits, the same in both worlds.
    package var permissions: UInt32 { rawValue & 0o777 }

    /// Converts a Linux `st_mode`.
    package init(posix mode: UInt32) {
        var bits = mode & 0o777
        switch mode & Posix.typeMask {
        case Posix.directory: bits |= Bit.directory
        case Posix.symlink: bits |= Bit.symlink
        case Posix.blockDevice: bits |= Bit.device
        case Posix.characterDevice: bits |= Bit.device | Bit.characterDevice
        case Posix.fifo: bits |= Bit.fifo
        case Posix.socket: bits |= Bit.socket
        case Posix.regular: break
        default: bits |= Bit.irregular
        }
        if mode & Posix.setUserID != 0 { bits |= Bit.setUserID }
        if mode & Posix.setGroupID != 0 { bits |= Bit.setGroupID }
        if mode & Posix.sticky != 0 { bits |= Bit.sticky }
        rawValue = bits
    }

    /// The permissions with set-user-id, set-group-id and sticky bits, as `chmod` takes them.
    package var posixPermissions: UInt32 {
        var mode = permissions
        if rawValue & Bit.setUserID != 0 { mode |= Posix.setUserID }
        if rawValue & Bit.setGroupID != 0 { mode |= Posix.setGroupID }
        if rawValue & Bit.sticky != 0 { mode |= Posix.sticky }
        return mode
    }

    /// The Linux `st_mode`, type included; an irregular file has type bits 0.
    package var posix: UInt32 { posixPermissions | posixType }

    /// The kind of node that has these type bits.
    package var kind: NodeKind {
        switch posixType {
        case Posix.directory: .directory
        case Posix.symlink: .symlink
        case Posix.blockDevice: .blockDevice
        case Posix.characterDevice: .characterDevice
        case Posix.fifo: .fifo
        case Posix.socket: .socket
        case Posix.regular: .file
        default: .irregular
        }
    }

    private var posixType: UInt32 {
        if rawValue & Bit.irregular != 0 { return 0 }
        if rawValue & Bit.directory != 0 { return Posix.directory }
        if rawValue & Bit.symlink != 0 { return Posix.symlink }
        if rawValue & Bit.characterDevice != 0 { return Posix.characterDevice }
        if rawValue & Bit.device != 0 { return Posix.blockDevice }
        if rawValue & Bit.fifo != 0 { return Posix.fifo }
        if rawValue & Bit.socket != 0 { return Posix.socket }
        return Posix.regular
    }

    private enum Bit {
        static let directory: UInt32 = 1 << 31
        static let symlink: UInt32 = 1 << 27
        static let device: UInt32 = 1 << 26
        static let fifo: UInt32 = 1 << 25
        static let socket: UInt32 = 1 << 24
        static let setUserID: UInt32 = 1 << 23
        static let setGroupID: UInt32 = 1 << 22
        static let characterDevice: UInt32 = 1 << 21
        static let sticky: UInt32 = 1 << 20
        static let irregular: UInt32 = 1 << 19
    }

    private enum Posix {
        static let typeMask: UInt32 = 0o170000
        static let socket: UInt32 = 0o140000
        static let symlink: UInt32 = 0o120000
        static let regular: UInt32 = 0o100000
        static let blockDevice: UInt32 = 0o060000
        static let directory: UInt32 = 0o040000
        static let characterDevice: UInt32 = 0o020000
        static let fifo: UInt32 = 0o010000
        static let setUserID: UInt32 = 0o4000
        static let setGroupID: UInt32 = 0o2000
        static let sticky: UInt32 = 0o1000
    }
}
