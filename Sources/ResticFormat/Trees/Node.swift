// SPDX-License-Identifier: Apache-2.0

/// One entry of a directory as stored in a tree.
package struct Node: Equatable, Sendable {
    /// File name, unquoted; bytes, not necessarily UTF-8.
    package var name: [UInt8]
    package var kind: NodeKind
    package var mode: NodeMode
    package var modificationTime: Timestamp
    package var accessTime: Timestamp
    package var changeTime: Timestamp
    package var userID: UInt32 = 0
    package var groupID: UInt32 = 0
    /// Name of the owner on the source host; empty if unknown.
    package var user: String = ""
    /// Name of the group on the source host; empty if unknown.
    package var group: String = ""
    package var inode: UInt64 = 0
    /// `st_dev`; with ``inode`` it ties hard links together.
    package var deviceID: UInt64 = 0
    /// Bytes of content; files only.
    package var size: UInt64 = 0
    /// Number of hard links; 0 for directories and fifos.
    package var links: UInt64 = 0
    /// Target of a symbolic link; bytes, not necessarily UTF-8.
    package var linkTarget: [UInt8] = []
    package var extendedAttributes: [ExtendedAttribute] = []
    /// Attributes of other systems as JSON text, kept as it stood; empty if there are none.
    package var genericAttributes: [UInt8] = []
    /// `st_rdev` of a device file.
    package var device: UInt64 = 0
    /// Data blobs in order; empty for an empty file, nil for everything that is no file.
    package var content: [BlobID]?
    /// The tree of a directory.
    package var subtree: BlobID?
    /// Reserved by the format.
    package var error: String = ""

    package init(name: [UInt8], kind: NodeKind, mode: NodeMode, modificationTime: Timestamp) {
        self.name = name
        self.kind = kind
        self.mode = mode
        self.modificationTime = modificationTime
        accessTime = modificationTime
        changeTime = modificationTime
    }

    /// A name and value attached to a file.
    package struct ExtendedAttribute: Hashable, Sendable {
        /// Full name with namespace, such as `user.comment`.
        package var name: [UInt8]
        package var value: [UInt8]

        package init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// Identity shared by the hard links of one file; nil for nodes that have a single name.
    package var hardLinkKey: HardLinkKey? {
        links > 1 && kind != .directory ? HardLinkKey(inode: inode, deviceID: deviceID) : nil
    }

    /// Inode and device, which together identify a file on its source host.
    package struct HardLinkKey: Hashable, Sendable {
        package let inode: UInt64
        package let deviceID: UInt64

        package init(inode: UInt64, deviceID: UInt64) {
            self.inode = inode
            self.deviceID = deviceID
        }
    }
}
