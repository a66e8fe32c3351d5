// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counters of a running restore; written by the workers, read at any time by whoever shows progress.
package final class RestoreProgress: Sendable {
    /// The counters at one moment; each is exact, but not all belong to the very same instant.
    package struct Counts: Sendable, Equatable {
        /// Entries found in the snapshot so far, directories included.
        package var filesFound = 0
        package var filesRestored = 0
        package var filesSkipped = 0
        package var filesDeleted = 0
        package var bytesFound = 0
        package var bytesRestored = 0
        package var bytesSkipped = 0
        package var errors = 0
        /// False while the snapshot is still being walked, so that totals grow.
        package var isScanComplete = false
    }

    let filesFound = Atomic(0)
    let filesRestored = Atomic(0)
    let filesSkipped = Atomic(0)
    let filesDeleted = Atomic(0)
    let bytesFound = Atomic(0)
    let bytesRestored = Atomic(0)
    let bytesSkipped = Atomic(0)
    let errors = Atomic(0)
    let isScanComplete = Atomic(false)

    package init() {}

    /// The counters now.
    package var counts: Counts {
        Counts(
            filesFound: filesFound.load(ordering: .relaxed),
            filesRestored: filesRestored.load(ordering: .relaxed),
            filesSkipped: filesSkipped.load(ordering: .relaxed),
            filesDeleted: filesDeleted.load(ordering: .relaxed),
            bytesFound: bytesFound.load(ordering: .relaxed),
            bytesRestored: bytesRestored.load(ordering: .relaxed),
            bytesSkipped: bytesSkipped.load(ordering: .relaxed),
            errors: errors.load(ordering: .relaxed),
            isScanComplete: isScanComplete.load(ordering: .acquiring)
        )
    }

    func add(_ count: Int, to counter: borrowing Atomic<Int>) {
        counter.wrappingAdd(count, ordering: .relaxed)
    }
}

/// What was done with one entry of the target.
package struct RestoredItem: Sendable {
    package enum Action: String, Sendable {
        /// Did not exist before.
        case restored
        /// Existed and differed.
        case updated
        /// Existed and was left or found as it should be.
        case unchanged
        /// Existed and the snapshot does not have it.
        case deleted
    }

    package var path: [UInt8]
    package var action: Action
    /// Bytes of content; 0 for what is no file.
    package var byteCount: Int
}

/// Who is told about entries; called from many threads, and expected to return soon.
package struct RestoreObserver: Sendable {
    package var itemFailed: @Sendable (ItemFailure) -> Void
    /// Nil spares the cost of reports nobody reads.
    package var itemDone: (@Sendable (RestoredItem) -> Void)?

    package init(
        itemFailed: @escaping @Sendable (ItemFailure) -> Void = { _ in },
        itemDone: (@Sendable (RestoredItem) -> Void)? = nil
    ) {
        self.itemFailed = itemFailed
        self.itemDone = itemDone
    }
}
