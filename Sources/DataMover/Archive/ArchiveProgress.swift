// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counters of a running archive; written by the workers, read at any time by whoever shows progress.
package final class ArchiveProgress: Sendable {
    /// The counters at one moment; each is exact, but not all belong to the very same instant.
    package struct Counts: Sendable, Equatable {
        package var filesDone = 0
        package var bytesDone = 0
        package var filesNew = 0
        package var filesChanged = 0
        package var filesUnmodified = 0
        package var directoriesNew = 0
        package var directoriesChanged = 0
        package var directoriesUnmodified = 0
        package var dataBlobs = 0
        package var treeBlobs = 0
        /// Bytes of new blobs before compression.
        package var dataAdded = 0
        /// Bytes of new blobs as stored.
        package var dataAddedPacked = 0
        package var errors = 0
        package var warnings = 0
        /// Files and bytes found by the scanner so far; 0 when none runs.
        package var filesFound = 0
        package var bytesFound = 0
        package var isScanComplete = false
    }

    let filesDone = Atomic(0)
    let bytesDone = Atomic(0)
    let filesNew = Atomic(0)
    let filesChanged = Atomic(0)
    let filesUnmodified = Atomic(0)
    let directoriesNew = Atomic(0)
    let directoriesChanged = Atomic(0)
    let directoriesUnmodified = Atomic(0)
    let dataBlobs = Atomic(0)
    let treeBlobs = Atomic(0)
    let dataAdded = Atomic(0)
    let dataAddedPacked = Atomic(0)
    let errors = Atomic(0)
    let warnings = Atomic(0)
    let filesFound = Atomic(0)
    let bytesFound = Atomic(0)
    let isScanComplete = Atomic(false)
    private let current = Mutex<[[UInt8]]>([])

    package init() {}

    /// The counters now.
    package var counts: Counts {
        Counts(
            filesDone: filesDone.load(ordering: .relaxed),
            bytesDone: bytesDone.load(ordering: .relaxed),
            filesNew: filesNew.load(ordering: .relaxed),
            filesChanged: filesChanged.load(ordering: .relaxed),
            filesUnmodified: filesUnmodified.load(ordering: .relaxed),
            directoriesNew: directoriesNew.load(ordering: .relaxed),
            directoriesChanged: directoriesChanged.load(ordering: .relaxed),
            directoriesUnmodified: directoriesUnmodified.load(ordering: .relaxed),
            dataBlobs: dataBlobs.load(ordering: .relaxed),
            treeBlobs: treeBlobs.load(ordering: .relaxed),
            dataAdded: dataAdded.load(ordering: .relaxed),
            dataAddedPacked: dataAddedPacked.load(ordering: .relaxed),
            errors: errors.load(ordering: .relaxed),
            warnings: warnings.load(ordering: .relaxed),
            filesFound: filesFound.load(ordering: .relaxed),
            bytesFound: bytesFound.load(ordering: .relaxed),
            isScanComplete: isScanComplete.load(ordering: .acquiring)
        )
    }

    /// Paths of the large files being read right now.
    package var currentPaths: [[UInt8]] { current.withLock { $0 } }

    func begin(_ path: [UInt8]) {
        current.withLock { $0.append(path) }
    }

    func end(_ path: [UInt8]) {
        current.withLock { paths in
            if let index = paths.firstIndex(of: path) { paths.remove(at: index) }
        }
    }

    func add(_ count: Int, to counter: borrowing Atomic<Int>) {
        counter.wrappingAdd(count, ordering: .relaxed)
    }

    /// Counts one saved blob.
    func count(_ blob: ArchivedBlob, isTree: Bool, byteCount: Int) {
        guard blob.isNew else { return }
        if isTree { add(1, to: treeBlobs) } else { add(1, to: dataBlobs) }
        add(byteCount, to: dataAdded)
        add(blob.storedByteCount, to: dataAddedPacked)
    }
}
