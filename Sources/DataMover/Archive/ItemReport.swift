// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// Something that went wrong with one entry while the rest went on.
package struct ItemFailure: Sendable, CustomStringConvertible {
    /// How much the failure matters.
    package enum Severity: String, Sendable {
        /// The entry is missing from the snapshot or incomplete, or the parent snapshot is: the run ends with exit code 3.
        case error
        /// The entry is stored, but a reader should know something about it.
        case warning
    }

    package var severity: Severity
    package var path: [UInt8]
    /// What happened and what to do about it.
    package var message: String
    package var cause: (any Error)?
    /// Whether only the parent snapshot is damaged: the entry itself was stored whole.
    package var isOfParent: Bool

    package init(
        _ severity: Severity,
        path: [UInt8],
        message: String,
        cause: (any Error)? = nil,
        isOfParent: Bool = false
    ) {
        self.severity = severity
        self.path = path
        self.message = message
        self.cause = cause
        self.isOfParent = isOfParent
    }

    package var description: String { message }
}

/// What became of one entry, compared with the parent snapshot.
package struct ItemReport: Sendable {
    package enum Change: String, Sendable {
        case new, changed, unmodified
    }

    package var path: [UInt8]
    package var isDirectory: Bool
    package var change: Change
    /// Bytes of content.
    package var byteCount: Int
    /// Bytes of new blobs for this entry, before compression.
    package var addedByteCount: Int
    /// Bytes of new blobs for this entry, as stored.
    package var addedStoredByteCount: Int
}

/// Who is told about entries; called from many threads, and expected to return soon.
package struct ArchiveObserver: Sendable {
    package var itemFailed: @Sendable (ItemFailure) -> Void
    /// Nil spares the cost of reports nobody reads.
    package var itemDone: (@Sendable (ItemReport) -> Void)?
    /// Told of each snapshot that might have been the parent but cannot be read.
    package var snapshotUnreadable: @Sendable (SnapshotID, any Error) -> Void

    package init(
        itemFailed: @escaping @Sendable (ItemFailure) -> Void = { _ in },
        itemDone: (@Sendable (ItemReport) -> Void)? = nil,
        snapshotUnreadable: @escaping @Sendable (SnapshotID, any Error) -> Void = { _, _ in }
    ) {
        self.itemFailed = itemFailed
        self.itemDone = itemDone
        self.snapshotUnreadable = snapshotUnreadable
    }
}
