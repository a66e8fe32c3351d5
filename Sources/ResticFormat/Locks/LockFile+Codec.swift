// SPDX-License-Identifier: Apache-2.0

extension LockFile {
    /// The text of the lock file, before it is compressed and sealed; no newline at its end.
    package func encode() -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("time")
        writer.value(time)
        writer.key("exclusive")
        writer.value(isExclusive)
        writer.member("hostname", hostname)
        writer.member("username", username)
        writer.key("pid")
        writer.value(processID)
        if userID != 0 { writer.member("uid", UInt64(userID)) }
        if groupID != 0 { writer.member("gid", UInt64(groupID)) }
        writer.endObject()
        return writer.takeBytes()
    }

    /// Reads the text of a lock file; members that are missing keep Go's zero values.
    package init(decoding text: [UInt8]) throws(FormatError) {
        self.init(time: .zero, isExclusive: false, hostname: "", username: "", processID: 0)
        var reader = JSONReader(text)
        try reader.beginObject()
        while try reader.nextKey() {
            let member = reader.member(of: LockMember.table)
            if try reader.readNull() { continue }
            switch member {
            case .time: time = try reader.readTimestamp()
            case .exclusive: isExclusive = try reader.readBool()
            case .hostname: hostname = try reader.readText()
            case .username: username = try reader.readText()
            case .pid: processID = try reader.readInt64()
            case .uid: userID = try reader.readUInt32()
            case .gid: groupID = try reader.readUInt32()
            case nil: try reader.skipValue()
            }
        }
        try reader.finish()
    }
}

private enum LockMember: String, CaseIterable {
    case time, exclusive, hostname, username, pid, uid, gid

    static let table = JSONMembers(LockMember.self)
}
