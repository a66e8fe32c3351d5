// SPDX-License-Identifier: Apache-2.0

import ResticFormat

/// Writes a snapshot in the format that `ncdu -f` reads, as restic does.
struct DiskUsageText {
    /// How many directories below the root are open.
    private var openCount = 0

    /// The beginning, up to the root directory.
    func head(_ snapshot: Snapshot) -> String {
        var shown = snapshot
        shown.volumeRoot = nil
        shown.volumeDigest = nil
        shown.extra = []
        return "[1, 2, " + String(decoding: shown.encode(), as: UTF8.self) + ", [{\"name\":\"/\"}"
    }

    /// One entry, after the ends of directories that it does not lie in.
    ///
    /// - Parameter depth: How many directories below the root it lies in.
    mutating func entry(_ node: Node, depth: Int) -> String {
        var text = close(to: depth)
        let indent = String(repeating: "  ", count: openCount + 1)
        text += ",\n" + indent
        guard node.kind == .directory else { return text + object(node) }
        openCount += 1
        return text + "[\n" + indent + "  " + object(node)
    }

    /// The end.
    mutating func tail() -> String { close(to: 0) + "\n]\n]" }

    private mutating func close(to depth: Int) -> String {
        var text = ""
        while openCount > depth {
            text += "\n" + String(repeating: "  ", count: openCount) + "]"
            openCount -= 1
        }
        return text
    }

    private func object(_ node: Node) -> String {
        let blockByteCount: UInt64 = 512
        let (rounded, overflow) = node.size.addingReportingOverflow(blockByteCount - 1)
        var json = JSONText()
        json.object { json in
            json.member("name", String(decoding: node.name, as: UTF8.self))
            json.member("asize", node.size)
            json.member("dsize", overflow ? node.size : rounded / blockByteCount * blockByteCount)
            json.member("dev", node.deviceID)
            json.member("ino", node.inode)
            json.member("nlink", node.links)
            json.member("notreg", node.kind != .directory && node.kind != .file)
            json.member("uid", node.userID)
            json.member("gid", node.groupID)
            json.member("mode", node.mode.posixPermissions)
            json.member("mtime", node.modificationTime.seconds)
        }
        return json.string
    }
}
