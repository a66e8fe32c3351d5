// SPDX-License-Identifier: Apache-2.0

extension Node {
    /// Writes the node with restic's members in restic's order.
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.beginString()
        NodeName.append(name.span, to: &writer.bytes, dialect: writer.dialect)
        writer.endString()
        writer.key("type")
        writer.string(kind.rawValue)
        if mode.rawValue != 0 { writer.member("mode", UInt64(mode.rawValue)) }
        writer.key("mtime")
        writer.value(modificationTime)
        writer.key("atime")
        writer.value(accessTime)
        writer.key("ctime")
        writer.value(changeTime)
        writer.member("uid", UInt64(userID))
        writer.member("gid", UInt64(groupID))
        if !user.isEmpty { writer.member("user", user) }
        if !group.isEmpty { writer.member("group", group) }
        if inode != 0 { writer.member("inode", inode) }
        if deviceID != 0 { writer.member("device_id", deviceID) }
        if size != 0 { writer.member("size", size) }
        if links != 0 { writer.member("links", links) }
        if !linkTarget.isEmpty { encodeLinkTarget(to: &writer) }
        if !extendedAttributes.isEmpty { encodeExtendedAttributes(to: &writer) }
        if !genericAttributes.isEmpty {
            writer.key("generic_attributes")
            writer.raw(genericAttributes.span)
        }
        if device != 0 { writer.member("device", device) }
        encodeContent(to: &writer)
        if let subtree {
            writer.key("subtree")
            writer.value(subtree)
        }
        if !error.isEmpty { writer.member("error", error) }
        writer.endObject()
    }

    private func encodeLinkTarget(to writer: inout JSONWriter) {
        writer.key("linktarget")
        writer.string(linkTarget.span)
        if !UTF8Scalar.isWellFormed(linkTarget.span) {
            writer.key("linktarget_raw")
            writer.base64(linkTarget.span)
        }
    }

    private func encodeExtendedAttributes(to writer: inout JSONWriter) {
        writer.key("extended_attributes")
        writer.beginArray()
        for attribute in extendedAttributes {
            writer.beginObject()
            writer.key("name")
            writer.string(attribute.name.span)
            writer.key("value")
            writer.base64(attribute.value.span)
            writer.endObject()
        }
        writer.endArray()
    }

    private func encodeContent(to writer: inout JSONWriter) {
        writer.key("content")
        guard let content else {
            writer.null()
            return
        }
        writer.beginArray()
        for id in content { writer.value(id) }
        writer.endArray()
    }
}

extension JSONWriter {
    @inline(__always)
    mutating func member(_ name: String, _ number: UInt64) {
        key(name)
        value(number)
    }

    @inline(__always)
    mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }
}
