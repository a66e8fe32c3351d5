// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// How nodes of a snapshot are shown by `ls` and `find`.
package enum NodeText {
    /// Mode in Go's letters: `-rw-r--r--`, `drwxr-xr-x`, `Lrwxrwxrwx`, `urwxr-xr-x`.
    package static func permissions(_ mode: NodeMode) -> String {
        var text = ""
        for (position, letter) in "dalTLDpSugct?".enumerated() where mode.rawValue & (1 << UInt32(31 - position)) != 0 {
            text.append(letter)
        }
        if text.isEmpty { text = "-" }
        for (position, letter) in "rwxrwxrwx".enumerated() {
            text.append(mode.rawValue & (1 << UInt32(8 - position)) != 0 ? letter : "-")
        }
        return text
    }

    /// The line of `-l`: mode, owner, group, size, local time, path and the target of a link.
    package static func longLine(_ node: Node, path: String, isHumanReadable: Bool) -> String {
        let size =
            isHumanReadable
            ? DecimalText.leftPadded(ByteCountText.format(node.size), to: 11)
            : DecimalText.leftPadded("\(node.size)", to: 6)
        let target = node.kind == .symlink ? " -> " + PrintableText.name(node.linkTarget) : ""
        let fields = [
            permissions(node.mode),
            DecimalText.leftPadded("\(node.userID)", to: 5),
            DecimalText.leftPadded("\(node.groupID)", to: 5),
            size,
            TimeText.local(node.modificationTime),
            PrintableText.name(path) + target,
        ]
        return fields.joined(separator: " ")
    }

    /// One line of `ls --json`.
    package static func listing(_ node: Node, path: String, into json: inout JSONText) {
        json.object { json in
            json.member("name", String(decoding: node.name, as: UTF8.self))
            json.member("type", node.kind.rawValue)
            json.member("path", path)
            json.member("uid", node.userID)
            json.member("gid", node.groupID)
            if node.kind == .file { json.member("size", node.size) }
            if node.mode.rawValue != 0 { json.member("mode", node.mode.rawValue) }
            json.member("permissions", permissions(node.mode))
            json.member("mtime", node.modificationTime.rfc3339)
            json.member("atime", node.accessTime.rfc3339)
            json.member("ctime", node.changeTime.rfc3339)
            if node.inode != 0 { json.member("inode", node.inode) }
            json.member("message_type", "node")
            json.member("struct_type", "node")
        }
        json.endLine()
    }

    /// One match of `find --json`.
    package static func match(_ node: Node, path: String, into json: inout JSONText) {
        json.object { json in
            json.member("path", path)
            json.member("permissions", permissions(node.mode))
            json.member("type", node.kind.rawValue)
            if node.mode.rawValue != 0 { json.member("mode", node.mode.rawValue) }
            json.member("mtime", node.modificationTime.rfc3339)
            json.member("atime", node.accessTime.rfc3339)
            json.member("ctime", node.changeTime.rfc3339)
            json.member("uid", node.userID)
            json.member("gid", node.groupID)
            if !node.user.isEmpty { json.member("user", node.user) }
            if !node.group.isEmpty { json.member("group", node.group) }
            if node.inode != 0 { json.member("inode", node.inode) }
            if node.deviceID != 0 { json.member("device_id", node.deviceID) }
            if node.size != 0 { json.member("size", node.size) }
            if node.links != 0 { json.member("links", node.links) }
            if !node.linkTarget.isEmpty { json.member("linktarget", String(decoding: node.linkTarget, as: UTF8.self)) }
            if node.device != 0 { json.member("device", node.device) }
        }
    }
}
