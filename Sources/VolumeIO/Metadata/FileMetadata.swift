// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `stat` tells about one entry.
package struct FileMetadata: Sendable, Hashable {
    /// Kind and permissions as in `st_mode`.
    package var mode: UInt32
    package var ownerID: UInt32
    package var groupID: UInt32
    /// Size in bytes.
    package var byteCount: Int
    /// Bytes actually allocated; less than ``byteCount`` when the file has holes.
    package var allocatedByteCount: Int
    package var modified: FileTime
    package var accessed: FileTime
    /// When the inode last changed (`ctime`).
    package var changed: FileTime
    package var inode: UInt64
    /// The file system the entry is on (`st_dev`).
    package var device: UInt64
    /// The device a device node stands for (`st_rdev`).
    package var representedDevice: UInt64
    package var linkCount: UInt64

    init(_ status: stat) {
        mode = UInt32(status.st_mode)
        ownerID = status.st_uid
        groupID = status.st_gid
        byteCount = Int(status.st_size)
        allocatedByteCount = Int(status.st_blocks) * 512
        modified = FileTime(status.st_mtim)
        accessed = FileTime(status.st_atim)
        changed = FileTime(status.st_ctim)
        inode = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
        representedDevice = UInt64(status.st_rdev)
        linkCount = UInt64(status.st_nlink)
    }

    /// What the entry is; nil when the file system reports a kind this system does not define.
    package var kind: FileKind? { FileKind(mode: mode_t(mode)) }

    /// The lower 12 mode bits: permissions, set-user-ID 0o4000, set-group-ID 0o2000, sticky 0o1000.
    package var permissions: UInt16 { UInt16(truncatingIfNeeded: mode & 0o7777) }

    /// True when the file may have holes worth looking for.
    package var mayHaveHoles: Bool { allocatedByteCount < byteCount }

    /// True when `other` shows the same content state: nothing was written between the two.
    package func hasSameContentState(as other: FileMetadata) -> Bool {
        byteCount == other.byteCount && modified == other.modified && changed == other.changed
    }
}

/// A point in time as file systems keep it.
package struct FileTime: Sendable, Hashable, Comparable {
    /// Seconds since 1970, negative before.
    package var seconds: Int64
    /// 0 ..< 1 000 000 000.
    package var nanoseconds: UInt32

    package init(seconds: Int64, nanoseconds: UInt32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    init(_ time: timespec) {
        seconds = Int64(time.tv_sec)
        nanoseconds = UInt32(truncatingIfNeeded: time.tv_nsec)
    }

    var timespec: Glibc.timespec {
        Glibc.timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
