// SPDX-License-Identifier: Apache-2.0

extension Node {
    /// Reads a node; members it does not know are skipped, members that are missing keep Go's zero values.
    ///
    /// - Throws: ``FormatError`` for members of the wrong form and names that are not Go string literals.
    package init(from reader: inout JSONReader) throws(FormatError) {
        self.init(name: [], kind: .unknown, mode: NodeMode(rawValue: 0), modificationTime: .zero)
        let members = NodeMember.table
        var hasRawTarget = false
        try reader.beginObject()
        while try reader.nextKey() {
            let member = reader.member(of: members)
            if try reader.readNull() {
                if member == .content { content = nil }
                continue
            }
            switch member {
            case .name:
                guard let decoded = NodeName.decode(try reader.readString()) else {
                    throw reader.failure("the name that ends here is not a quoted string")
                }
                name = decoded
            case .type: kind = try reader.readWord(of: NodeMember.kinds) ?? .unknown
            case .mode: mode = NodeMode(rawValue: try reader.readUInt32())
            case .mtime: modificationTime = try reader.readTimestamp()
            case .atime: accessTime = try reader.readTimestamp()
            case .ctime: changeTime = try reader.readTimestamp()
            case .uid: userID = try reader.readUInt32()
            case .gid: groupID = try reader.readUInt32()
            case .user: user = try reader.readText()
            case .group: group = try reader.readText()
            case .inode: inode = try reader.readUInt64()
            case .deviceID: deviceID = try reader.readUInt64()
            case .size: size = try reader.readUInt64()
            case .links: links = try reader.readUInt64()
            case .linkTarget:
                let target = try reader.readString()
                if !hasRawTarget { linkTarget = target }
            case .rawLinkTarget:
                linkTarget = try reader.readBase64()
                hasRawTarget = true
            case .extendedAttributes: extendedAttributes = try Self.readExtendedAttributes(&reader)
            case .genericAttributes: genericAttributes = try reader.captureValue()
            case .device: device = try reader.readUInt64()
            case .content: content = try Self.readContent(&reader)
            case .subtree: subtree = try reader.readID()
            case .error: error = try reader.readText()
            case nil: try reader.skipValue()
            }
        }
    }

    private static func readContent(_ reader: inout JSONReader) throws(FormatError) -> [BlobID] {
        var ids: [BlobID] = []
        try reader.beginArray()
        while try reader.nextElement() { ids.append(try reader.readID()) }
        return ids
    }

    private static func readExtendedAttributes(_ reader: inout JSONReader) throws(FormatError) -> [ExtendedAttribute] {
        var attributes: [ExtendedAttribute] = []
        try reader.beginArray()
        while try reader.nextElement() {
            var attribute = ExtendedAttribute(name: [], value: [])
            try reader.beginObject()
            while try reader.nextKey() {
                switch reader.member(of: NodeMember.attributeTable) {
                case .name: attribute.name = try reader.readString()
                case .value: attribute.value = try reader.readBase64()
                case nil: try reader.skipValue()
                }
            }
            attributes.append(attribute)
        }
        return attributes
    }
}

/// Member names of a node in the order they are written.
private enum NodeMember: String, CaseIterable {
    case name, type, mode, mtime, atime, ctime, uid, gid, user, group, inode
    case deviceID = "device_id"
    case size, links
    case linkTarget = "linktarget"
    case rawLinkTarget = "linktarget_raw"
    case extendedAttributes = "extended_attributes"
    case genericAttributes = "generic_attributes"
    case device, content, subtree, error

    enum Attribute: String, CaseIterable {
        case name, value
    }

    static let table = JSONMembers(NodeMember.self)
    static let attributeTable = JSONMembers(Attribute.self)
    static let kinds = JSONMembers(NodeKind.self)
}
