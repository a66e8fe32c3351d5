// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import RepositoryEngine
import ResticFormat

/// What `stats` counts, for the entries of any number of snapshots.
struct SnapshotStatistics {
    /// What is counted; restic's words.
    enum Mode: String, CaseIterable, Sendable {
        /// Every entry of every snapshot, as a restore would write it.
        case restoreSize = "restore-size"
        /// Files with different content once each.
        case filesByContents = "files-by-contents"
        /// Blobs once each for every path they occur at.
        case blobsPerFile = "blobs-per-file"
        /// Blobs once each, as stored.
        case rawData = "raw-data"
    }

    let mode: Mode
    private(set) var byteCount: UInt64 = 0
    private(set) var fileCount = 0
    private(set) var blobCount = 0
    private var linkedFiles: Set<Node.HardLinkKey> = []
    private var contents: Set<Digest256> = []
    private var blobsOfPaths: [String: Set<BlobID>] = [:]

    init(_ mode: Mode) {
        self.mode = mode
    }

    /// Begins the next snapshot: hard links reach no further than one.
    mutating func beginSnapshot() {
        linkedFiles.removeAll(keepingCapacity: true)
    }

    /// Counts one entry.
    mutating func add(_ node: Node, at path: String, index: MasterIndex) throws {
        switch mode {
        case .restoreSize:
            fileCount += 1
            if let key = node.hardLinkKey, !linkedFiles.insert(key).inserted { return }
            byteCount &+= node.size
        case .filesByContents:
            guard isNewContent(node) else { return }
            fileCount += 1
            byteCount &+= node.size
        case .blobsPerFile:
            guard let content = node.content, !content.isEmpty, isNewContent(node) else { return }
            if blobsOfPaths[path] == nil { fileCount += 1 }
            for id in content where blobsOfPaths[path, default: []].insert(id).inserted {
                byteCount &+= UInt64(try Self.plaintextByteCount(of: id, index))
                blobCount += 1
            }
        case .rawData: break
        }
    }

    private mutating func isNewContent(_ node: Node) -> Bool {
        var ids: [UInt8] = []
        for id in node.content ?? [] { id.digest.append(to: &ids) }
        return contents.insert(SHA256.digest(ids.span)).inserted
    }

    private static func plaintextByteCount(of id: BlobID, _ index: MasterIndex) throws -> Int {
        guard let count = index.plaintextByteCount(of: .data, id) else {
            throw CommandFailure("data blob \(id) is in no index; run check")
        }
        return count
    }
}

/// How much the blobs of snapshots take in the repository.
struct StoredStatistics {
    private(set) var byteCount: UInt64 = 0
    private(set) var uncompressedByteCount: UInt64 = 0
    private(set) var blobCount = 0
    private var compressedByteCount: UInt64 = 0
    private var compressedPlaintextByteCount: UInt64 = 0

    /// Counts every marked blob once, as its first copy is stored; lengths include what sealing adds.
    init(_ used: BlobMarks, index: MasterIndex) {
        for kind in BlobKind.allCases {
            var last: BlobID?
            index.forEachBlob(kind) { copy in
                let id = copy.blob.id
                guard id != last, let ordinal = index.ordinal(of: kind, id), used.contains(ordinal, kind) else {
                    return
                }
                last = id
                add(copy.blob)
            }
        }
    }

    private mutating func add(_ blob: PackEntry) {
        let stored = UInt64(blob.storedLength)
        let sealed = UInt64(blob.plaintextByteCount + Self.sealByteCount)
        byteCount += stored
        uncompressedByteCount += sealed
        blobCount += 1
        guard blob.uncompressedLength != 0 else { return }
        compressedByteCount += stored
        compressedPlaintextByteCount += sealed
    }

    private static let sealByteCount = 32

    /// Plaintext by stored bytes of what is compressed; 0 when nothing is.
    var compressionRatio: Double {
        compressedByteCount == 0 ? 0 : Double(compressedPlaintextByteCount) / Double(compressedByteCount)
    }

    /// Share of the plaintext that is stored compressed, in percent.
    var compressionProgress: Double {
        uncompressedByteCount == 0 ? 0 : Double(compressedPlaintextByteCount) / Double(uncompressedByteCount) * 100
    }

    /// What compression saves of all bytes, in percent.
    var spaceSaving: Double {
        uncompressedByteCount == 0 ? 0 : (1 - Double(byteCount) / Double(uncompressedByteCount)) * 100
    }
}
