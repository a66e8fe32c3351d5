// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import Synchronization
import VolumeIO

/// A stretch of the snapshot in walking order, small enough to plan in memory: the unit between walking and writing.
struct RestoreBatch: Sendable {
    var files: [PlannedFile] = []
    var links: [PlannedLink] = []
    /// Directories whose entries are all in this or earlier batches, children before parents.
    var finished: [FinishedDirectory] = []
    private(set) var chunkCount = 0
    private(set) var contentByteCount = 0

    /// Limits that keep a batch within some tens of megabytes whatever the snapshot holds, in files, chunks and bytes.
    private static let maximumFileCount = 16_384
    private static let maximumChunkCount = 65_536
    private static let maximumContentByteCount = 2 << 30

    var isEmpty: Bool { files.isEmpty && links.isEmpty && finished.isEmpty }

    var isFull: Bool {
        files.count + links.count + finished.count >= Self.maximumFileCount || chunkCount >= Self.maximumChunkCount
            || contentByteCount >= Self.maximumContentByteCount
    }

    mutating func append(_ file: PlannedFile) {
        files.append(file)
        chunkCount += file.node.content?.count ?? 0
        contentByteCount += Int(clamping: file.node.size)
    }
}

/// A regular file to be written.
final class PlannedFile: Sendable {
    /// What stands in the target where the file goes.
    enum Existing: Sendable {
        case nothing
        /// A regular file with a single name: what is right in it stays.
        case file
    }

    enum Progress {
        case untouched
        case open(SharedFile)
        /// Given up or closed for now; it exists in the target.
        case closed
    }

    struct State {
        var progress = Progress.untouched
        /// Chunks still to be written.
        var remaining = 0
        var failure: (any Error)?
        var wroteAnything = false
    }

    let directory: RestoreDirectory
    let name: FileName
    let node: Node
    let existing: Existing
    let state = Mutex(State())

    init(directory: RestoreDirectory, name: FileName, node: Node, existing: Existing) {
        self.directory = directory
        self.name = name
        self.node = node
        self.existing = existing
    }

    var path: [UInt8] { directory.path(of: name) }
}

/// An open file shared by the workers that write parts of it; closed with the last reference.
final class SharedFile: Sendable {
    let file: OpenFile

    init(_ file: consuming OpenFile) {
        self.file = file
    }
}

/// A further name of a file that an earlier entry holds.
struct PlannedLink: Sendable {
    var directory: RestoreDirectory
    var name: FileName
    var firstDirectory: RestoreDirectory
    var firstName: FileName
    var node: Node
}

/// A directory all of whose entries are planned.
struct FinishedDirectory: Sendable {
    var directory: RestoreDirectory
    /// Nil for the root when it gets no metadata.
    var node: Node?
    /// Names to keep in ascending order when extra entries are deleted; nil when nothing is deleted here.
    var keptNames: [FileName]?
}
