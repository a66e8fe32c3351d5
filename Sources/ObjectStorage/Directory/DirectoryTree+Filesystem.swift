// SPDX-License-Identifier: Apache-2.0

internal import CShims

extension DirectoryTree {
    /// Filesystems of one machine, where every process sees at once what another has written.
    private static let localFilesystems: Set<Int64> = [
        0xEF53,  // ext2, ext3, ext4
        0x5846_5342,  // xfs
        0x9123_683E,  // btrfs
        0x2FC1_2FC1,  // zfs
        0xF2F5_2010,  // f2fs
        0x0102_1994,  // tmpfs
        0x794C_7630,  // overlay
    ]

    /// Whether the root lies on a filesystem of this machine; false for a network's, and when that cannot be told.
    var isOnLocalDisk: Bool {
        // SAFETY: the call only reads the path it is lent.
        Self.localFilesystems.contains(unsafe shims_filesystem_type(root))
    }
}
