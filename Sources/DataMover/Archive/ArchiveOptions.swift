// SPDX-License-Identifier: Apache-2.0

package import AsyncPrimitives
package import VolumeIO

/// How a tree is archived.
package struct ArchiveOptions: Sendable {
    /// Compares inode and ctime with neither (`--ignore-inode`); for clones and restored volumes, which have new ones.
    package var ignoresInode = false
    /// Compares files without ctime (`--ignore-ctime`).
    package var ignoresChangeTime = false
    /// Stores the real access time instead of the modification time.
    package var storesAccessTime = false
    /// Leaves out what lies on other file systems than the targets; mount points stay as empty directories.
    package var staysOnFileSystem = false
    /// Decides by its absolute path whether an entry is left out; targets named by the user are not asked about.
    package var excludes: (@Sendable (_ path: [UInt8]) -> Bool)?
    /// Directories marked by one of these files keep nothing but the mark.
    package var exclusionMarks: [ExclusionMark] = []
    /// Leaves out regular files larger than this, in bytes.
    package var maximumFileByteCount: Int?
    /// Threads that hash, compress and seal.
    package var workerCount = 2
    /// Files read at once; above ``workerCount`` it hides the latency of network file systems.
    package var readConcurrency = 2
    /// How the cuts of a large file are searched.
    package var chunkSearch = ChunkSearch.automatic
    /// Largest file that is read a second time when it changed while being read; larger ones are only reported.
    package var maximumRereadByteCount = 1 << 30
    /// Computes the volume digest along the way.
    package var computesDigest = true
    /// Told how long threads are in calls of the file system.
    package var monitor: BlockingMonitor?
    /// Called after the content of a file was read and before it is checked for changes; for tests.
    package var didReadFile: (@Sendable (_ path: [UInt8]) -> Void)?

    package init() {}
}

/// How the cuts of a large file are searched.
package enum ChunkSearch: Sendable {
    /// In parallel from four workers on.
    case automatic
    /// By one thread that skips what cannot be cut; hashing runs beside it.
    case sequential
    /// By all workers, each in its own segment.
    case parallel
}

/// A file whose presence says that the rest of its directory is not worth keeping.
package struct ExclusionMark: Sendable {
    package var name: FileName
    /// What the file's content must start with; empty if its presence is enough.
    package var header: [UInt8]

    package init(name: FileName, header: [UInt8] = []) {
        self.name = name
        self.header = header
    }

    /// The mark of cache directories: `CACHEDIR.TAG` with its signature.
    package static func cacheDirectory() throws(FileSystemError) -> ExclusionMark {
        ExclusionMark(
            name: try FileName("CACHEDIR.TAG"),
            header: Array("Signature: 8a477f597d28d172789f06886806bc55".utf8)
        )
    }
}
