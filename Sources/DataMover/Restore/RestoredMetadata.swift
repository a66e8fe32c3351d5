// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import VolumeIO

/// Gives entries of the target the metadata of their nodes.
///
/// The order is the one that keeps everything: owner first, since it clears set-user-ID; then attributes; times and permissions
/// last, since a read-only file takes no attributes.
struct RestoredMetadata: Sendable {
    /// False when this process may not give files away: a refusal to do so is then no error.
    let isPrivileged: Bool
    let restoresAttribute: (@Sendable (_ name: [UInt8]) -> Bool)?
    /// Where owners are looked up by name; nil to take the numbers recorded.
    var owners: OwnerNumbers?

    /// Whom the entry is given to.
    func owner(of node: Node) -> (user: UInt32, group: UInt32) {
        guard let owners else { return (node.userID, node.groupID) }
        return (owners.user(node.user) ?? node.userID, owners.group(node.group) ?? node.groupID)
    }

    /// - Parameter mayHaveAttributes: False for a file just made in a directory just made, which cannot have any yet.
    func apply(_ node: Node, to file: borrowing OpenFile, mayHaveAttributes: Bool) throws(FileSystemError) {
        let owner = owner(of: node)
        try tolerating(.notPermitted) { () throws(FileSystemError) in
            try file.setOwner(owner.user, group: owner.group)
        }
        if mayHaveAttributes || !node.extendedAttributes.isEmpty {
            let present = mayHaveAttributes ? file.extendedAttributes().attributes : []
            for attribute in try changes(node, present: present) {
                switch attribute {
                case .set(let attribute):
                    try tolerateUnsupported { () throws(FileSystemError) in try file.setExtendedAttribute(attribute) }
                case .remove(let name):
                    try tolerateUnsupported { () throws(FileSystemError) in try file.removeExtendedAttribute(name) }
                }
            }
        }
        try file.setTimes(accessed: node.accessTime.fileTime, modified: node.modificationTime.fileTime)
        try file.setPermissions(node.permissions)
    }

    /// Applies the node to a directory itself.
    func apply(_ node: Node, to directory: borrowing OpenDirectory) throws(FileSystemError) {
        let owner = owner(of: node)
        try tolerating(.notPermitted) { () throws(FileSystemError) in
            try directory.setOwner(owner.user, group: owner.group)
        }
        for attribute in try changes(node, present: directory.extendedAttributes().attributes) {
            switch attribute {
            case .set(let attribute):
                try tolerateUnsupported { () throws(FileSystemError) in try directory.setExtendedAttribute(attribute) }
            case .remove(let name):
                try tolerateUnsupported { () throws(FileSystemError) in try directory.removeExtendedAttribute(name) }
            }
        }
        try directory.setTimes(accessed: node.accessTime.fileTime, modified: node.modificationTime.fileTime)
        try directory.setPermissions(node.permissions)
    }

    /// Applies the node to an entry by name: links, devices and pipes.
    func apply(_ node: Node, to name: FileName, in directory: borrowing OpenDirectory) throws(FileSystemError) {
        let owner = owner(of: node)
        try tolerating(.notPermitted) { () throws(FileSystemError) in
            try directory.setOwner(owner.user, group: owner.group, of: name)
        }
        for attribute in try changes(node, present: directory.extendedAttributes(of: name).attributes) {
            switch attribute {
            case .set(let attribute):
                try tolerateUnsupported { () throws(FileSystemError) in
                    try directory.setExtendedAttribute(attribute, of: name)
                }
            case .remove(let attribute):
                try tolerateUnsupported { () throws(FileSystemError) in
                    try directory.removeExtendedAttribute(attribute, of: name)
                }
            }
        }
        try directory.setTimes(
            accessed: node.accessTime.fileTime,
            modified: node.modificationTime.fileTime,
            of: name
        )
        if node.kind != .symlink { try directory.setPermissions(node.permissions, of: name) }
    }

    /// The label the target's security policy gives every file; it is not ours to remove.
    private static let label = Array("security.selinux".utf8)

    private enum Change {
        case set(ExtendedAttribute)
        case remove([UInt8])
    }

    private func changes(_ node: Node, present: [ExtendedAttribute]) throws(FileSystemError) -> [Change] {
        guard !node.extendedAttributes.isEmpty || !present.isEmpty else { return [] }
        let wanted = node.extendedAttributes.filter { restoresAttribute?($0.name) ?? true }
        var changes: [Change] = []
        for attribute in wanted
        where !present.contains(where: { $0.name == attribute.name && $0.value == attribute.value }) {
            changes.append(.set(ExtendedAttribute(name: attribute.name, value: attribute.value)))
        }
        for attribute in present where restoresAttribute?(attribute.name) ?? true {
            guard !wanted.contains(where: { $0.name == attribute.name }), attribute.name != Self.label else { continue }
            changes.append(.remove(attribute.name))
        }
        return changes
    }

    private func tolerating(
        _ code: FileSystemError.Code,
        _ body: () throws(FileSystemError) -> Void
    ) throws(FileSystemError) {
        do throws(FileSystemError) {
            try body()
        } catch  where error.code == code && !isPrivileged {
            // What an unprivileged user may not do is no failure of the restore.
        } catch {
            throw error
        }
    }

    private func tolerateUnsupported(_ body: () throws(FileSystemError) -> Void) throws(FileSystemError) {
        do throws(FileSystemError) {
            try body()
        } catch  where error.code == .notSupported || error.code == .noAttribute {
            // The file system of the target has no such attributes.
        } catch  where !isPrivileged && (error.code == .notPermitted || error.code == .denied) {
            // Attributes of the security and trusted namespaces belong to privileged processes.
        } catch {
            throw error
        }
    }
}

extension Timestamp {
    var fileTime: FileTime { FileTime(seconds: seconds, nanoseconds: nanoseconds) }
}

extension Node {
    var permissions: UInt16 { UInt16(truncatingIfNeeded: mode.posixPermissions) }
}
