// SPDX-License-Identifier: Apache-2.0

internal import ByteTransforms

extension Snapshot {
    /// The text of the snapshot file, before it is compressed and sealed; no newline at its end.
    package func encode(dialect: JSONDialect = .current) -> [UInt8] {
        var writer = JSONWriter(dialect: dialect, capacity: 1_024)
        encode(to: &writer)
        return writer.takeBytes()
    }

    /// Writes the snapshot with restic's members in restic's order, then everything else.
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("time")
        writer.value(time)
        if let parent {
            writer.key("parent")
            writer.value(parent)
        }
        writer.key("tree")
        writer.value(tree)
        writer.key("paths")
        writer.strings(paths)
        if !hostname.isEmpty { writer.member("hostname", hostname) }
        if !username.isEmpty { writer.member("username", username) }
        if userID != 0 { writer.member("uid", UInt64(userID)) }
        if groupID != 0 { writer.member("gid", UInt64(groupID)) }
        if !excludes.isEmpty {
            writer.key("excludes")
            writer.strings(excludes)
        }
        if !tags.isEmpty {
            writer.key("tags")
            writer.strings(tags)
        }
        if let original {
            writer.key("original")
            writer.value(original)
        }
        if !programVersion.isEmpty { writer.member("program_version", programVersion) }
        if let summary {
            writer.key("summary")
            summary.encode(to: &writer)
        }
        if let volumeRoot {
            writer.key(SnapshotMember.volumeRoot.rawValue)
            volumeRoot.encode(to: &writer)
        }
        if let volumeDigest {
            writer.key(SnapshotMember.volumeDigest.rawValue)
            writer.value(volumeDigest)
        }
        writer.members(extra)
        writer.endObject()
    }

    /// Reads the text of a snapshot file.
    ///
    /// - Throws: ``FormatError`` for malformed text and for a snapshot that names no tree.
    package init(decoding text: [UInt8]) throws(FormatError) {
        // The placeholder is replaced before the snapshot is handed out.
        self.init(time: .zero, tree: BlobID(Digest256(words: (0, 0, 0, 0))), paths: [])
        var reader = JSONReader(text)
        var hasTree = false
        try reader.beginObject()
        while try reader.nextKey() {
            let member = reader.member(of: SnapshotMember.table)
            if member != nil, try reader.readNull() { continue }
            switch member {
            case .time: time = try reader.readTimestamp()
            case .parent: parent = try reader.readID()
            case .tree:
                tree = try reader.readID()
                hasTree = true
            case .paths: paths = try reader.readTexts()
            case .hostname: hostname = try reader.readText()
            case .username: username = try reader.readText()
            case .uid: userID = try reader.readUInt32()
            case .gid: groupID = try reader.readUInt32()
            case .excludes: excludes = try reader.readTexts()
            case .tags: tags = try reader.readTexts()
            case .original: original = try reader.readID()
            case .programVersion: programVersion = try reader.readText()
            case .summary: summary = try SnapshotSummary(from: &reader)
            case .volumeRoot: try readVolumeRoot(&reader)
            case .volumeDigest: try readVolumeDigest(&reader)
            case nil: extra.append(try reader.captureMember())
            }
        }
        try reader.finish()
        guard hasTree else { throw FormatError(.malformed, "a snapshot names no tree") }
    }

    /// Reads the member if it is a node as this project writes it; keeps it verbatim otherwise.
    private mutating func readVolumeRoot(_ reader: inout JSONReader) throws(FormatError) {
        let member = try reader.captureMember()
        var nodeReader = JSONReader(member.value)
        if let node = try? Node(from: &nodeReader), node.kind == .directory {
            volumeRoot = node
        } else {
            extra.append(member)
        }
    }
}

extension Snapshot {
    /// Reads the member if it is a digest as this project writes it; keeps it verbatim otherwise.
    private mutating func readVolumeDigest(_ reader: inout JSONReader) throws(FormatError) {
        let member = try reader.captureMember()
        // 64 digits between quotes.
        let quote = UInt8(ascii: "\"")
        if member.value.count == 66, member.value.first == quote, member.value.last == quote,
            let digest = Digest256(hex: member.value.span.extracting(1..<65))
        {
            volumeDigest = digest
        } else {
            extra.append(member)
        }
    }
}

extension JSONWriter {
    /// Writes an array of strings.
    package mutating func strings(_ texts: [String]) {
        beginArray()
        for text in texts { string(text) }
        endArray()
    }
}

private enum SnapshotMember: String, CaseIterable {
    case time, parent, tree, paths, hostname, username, uid, gid, excludes, tags, original
    case programVersion = "program_version"
    case summary
    case volumeRoot = "volume_root"
    case volumeDigest = "volume_digest"

    static let table = JSONMembers(SnapshotMember.self)
}
