// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms
import ResticFormat

/// BLAKE2b-256 over everything about a volume's content that does not change by itself.
///
/// Two equal trees have equal digests whatever node, file system or snapshot they come from, as long as they are cut with the same chunker
/// polynomial. Inode, device, link count, ctime, atime, owner *names* and the metadata of the root directory itself are left out: the
/// last because mounting and the restore's own marker files change it.
///
/// Canonical encoding, version 1; integers are little-endian, `bytes` is a UInt32 length and the bytes themselves:
///
///     volume    = BLAKE2b-256("velero volume digest 1\n" ‖ directory)
///     directory = BLAKE2b-256("velero directory 1\n" ‖ record of every entry, ascending by the bytes of the name)
///     record    = bytes(name) ‖ UInt8 kind ‖ UInt32 mode ‖ UInt32 uid ‖ UInt32 gid
///                 ‖ Int64 mtime seconds ‖ UInt32 mtime nanoseconds ‖ content ‖ attributes
///     kind      = 1 file, 2 directory, 3 symbolic link, 4 block device, 5 character device, 6 named pipe, 7 other
///     mode      = the lower 12 bits of st_mode; 0 for a symbolic link
///     content   = file: UInt64 size ‖ UInt64 count ‖ count × 32 bytes of chunk id
///                 directory: 32 bytes of its own digest · symbolic link: bytes(target) · device: UInt64 st_rdev · else nothing
///     attributes = UInt32 count ‖ (bytes(name) ‖ bytes(value)) each, ascending by name
///
/// Test vectors: an empty volume is `a443fc8e69a7a1de3a2023375cfcdbaa1ef8ae04715a8969210fab8162c64636`. A volume owned by 0:0 with all
/// times 1577836800 s + 5 ns, of a file `a` (0640, `hello restic\n`), an empty directory `d` (2750) and a symbolic link `l` to `a`, is
/// `798628be8ed006df5d4fa4ebad8b1740df1eaa1dad1ab8de5accef5b16f2223b`.
///
/// Stored in a snapshot's member `volume_digest`.
package struct VolumeDigest: Hashable, Sendable, CustomStringConvertible {
    package let digest: Digest256

    /// Makes a digest known from elsewhere.
    package init(_ digest: Digest256) {
        self.digest = digest
    }

    /// Seals the digest of the root directory.
    package init(rootDirectory: Digest256) {
        let hasher = BLAKE2bHasher()
        hasher.update(Array("velero volume digest 1\n".utf8).span)
        hasher.update(rootDirectory.bytes.span)
        digest = hasher.finalize()
    }

    /// The 64 hexadecimal digits shown to people and stored with snapshots.
    package var hex: String { digest.hex }

    package var description: String { hex }
}

extension VolumeDigest {
    /// Takes the records of one directory in the order of their names; shares its hasher, so it is never copied while in use.
    ///
    // Invariant: owned by one directory's state, which one thread at a time touches.
    struct DirectoryHasher: @unchecked Sendable {
        private let hasher = BLAKE2bHasher()

        init() {
            hasher.update(Array("velero directory 1\n".utf8).span)
        }

        func append(_ records: [UInt8]) {
            hasher.update(records.span)
        }

        func finish() -> Digest256 { hasher.finalize() }
    }

    /// Appends the record of one entry.
    ///
    /// - Parameter subdirectory: Digest of the directory the node stands for; ignored for other kinds.
    static func appendRecord(of node: Node, subdirectory: Digest256?, to records: inout [UInt8]) {
        append(node.name, to: &records)
        records.append(kindByte(of: node.kind))
        append(node.kind == .symlink ? 0 : node.mode.posixPermissions, to: &records)
        append(node.userID, to: &records)
        append(node.groupID, to: &records)
        append(UInt64(bitPattern: node.modificationTime.seconds), to: &records)
        append(node.modificationTime.nanoseconds, to: &records)
        switch node.kind {
        case .file:
            append(node.size, to: &records)
            let content = node.content ?? []
            append(UInt64(content.count), to: &records)
            for id in content { id.digest.append(to: &records) }
        case .directory: (subdirectory ?? Digest256(words: (0, 0, 0, 0))).append(to: &records)
        case .symlink: append(node.linkTarget, to: &records)
        case .blockDevice, .characterDevice: append(node.device, to: &records)
        default: break
        }
        append(UInt32(truncatingIfNeeded: node.extendedAttributes.count), to: &records)
        let sorted = node.extendedAttributes.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        for attribute in sorted {
            append(attribute.name, to: &records)
            append(attribute.value, to: &records)
        }
    }

    private static func kindByte(of kind: NodeKind) -> UInt8 {
        switch kind {
        case .file: 1
        case .directory: 2
        case .symlink: 3
        case .blockDevice: 4
        case .characterDevice: 5
        case .fifo: 6
        case .socket, .irregular, .unknown: 7
        }
    }

    private static func append(_ bytes: [UInt8], to records: inout [UInt8]) {
        append(UInt32(truncatingIfNeeded: bytes.count), to: &records)
        records.append(contentsOf: bytes)
    }

    private static func append(_ number: some FixedWidthInteger, to records: inout [UInt8]) {
        for shift in stride(from: 0, to: type(of: number).bitWidth, by: 8) {
            records.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
