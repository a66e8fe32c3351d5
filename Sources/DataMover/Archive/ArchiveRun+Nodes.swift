// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import VolumeIO

extension Timestamp {
    init(_ time: FileTime) {
        self.init(seconds: time.seconds, nanoseconds: time.nanoseconds)
    }
}

extension ArchiveRun {
    /// The node of an entry, without content, subtree or link target.
    func makeNode(
        name: [UInt8],
        kind: NodeKind,
        metadata: FileMetadata,
        attributes: [VolumeIO.ExtendedAttribute]
    ) -> Node {
        var node = Node(
            name: name,
            kind: kind,
            mode: NodeMode(posix: metadata.mode),
            modificationTime: Timestamp(metadata.modified)
        )
        if options.storesAccessTime { node.accessTime = Timestamp(metadata.accessed) }
        node.changeTime = Timestamp(metadata.changed)
        node.userID = metadata.ownerID
        node.groupID = metadata.groupID
        node.user = owners.user(metadata.ownerID)
        node.group = owners.group(metadata.groupID)
        node.inode = metadata.inode
        node.deviceID = metadata.device
        switch kind {
        case .file:
            node.size = UInt64(metadata.byteCount)
            node.links = metadata.linkCount
            node.content = []
        case .symlink: node.links = metadata.linkCount
        case .blockDevice, .characterDevice:
            node.links = metadata.linkCount
            node.device = metadata.representedDevice
        default: break
        }
        if !attributes.isEmpty {
            node.extendedAttributes = attributes.map { Node.ExtendedAttribute(name: $0.name, value: $0.value) }
        }
        return node
    }

    /// Whether a file's content can be taken over from the parent snapshot without opening it.
    func isUnchanged(_ metadata: FileMetadata, since parent: Node) -> Bool {
        guard parent.kind == .file, parent.content != nil, parent.size == UInt64(metadata.byteCount),
            parent.modificationTime == Timestamp(metadata.modified)
        else { return false }
        if options.ignoresInode { return true }
        guard parent.inode == metadata.inode else { return false }
        return options.ignoresChangeTime || parent.changeTime == Timestamp(metadata.changed)
    }

    /// Notes a finished file or directory in the counters, and tells the observer.
    func finish(_ node: Node, parent: Node?, path: @autoclosure () -> [UInt8], added: AddedBytes) {
        let change: ItemReport.Change = parent == nil ? .new : parent == node ? .unmodified : .changed
        let isDirectory = node.kind == .directory
        switch (isDirectory, change) {
        case (false, .new): progress.add(1, to: progress.filesNew)
        case (false, .changed): progress.add(1, to: progress.filesChanged)
        case (false, .unmodified): progress.add(1, to: progress.filesUnmodified)
        case (true, .new): progress.add(1, to: progress.directoriesNew)
        case (true, .changed): progress.add(1, to: progress.directoriesChanged)
        case (true, .unmodified): progress.add(1, to: progress.directoriesUnmodified)
        }
        if !isDirectory { progress.add(1, to: progress.filesDone) }
        guard let itemDone = observer.itemDone else { return }
        itemDone(
            ItemReport(
                path: path(),
                isDirectory: isDirectory,
                change: change,
                byteCount: Int(clamping: node.size),
                addedByteCount: added.plaintext,
                addedStoredByteCount: added.stored
            )
        )
    }
}

/// Bytes of new blobs one entry brought.
struct AddedBytes: Sendable {
    var plaintext = 0
    var stored = 0

    mutating func add(_ blob: ArchivedBlob, byteCount: Int) {
        guard blob.isNew else { return }
        plaintext += byteCount
        stored += blob.storedByteCount
    }
}
