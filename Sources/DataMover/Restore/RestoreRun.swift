// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import VolumeIO

/// What walking and writing share during one restore.
final class RestoreRun: Sendable {
    let source: any RestoreSource
    let target: RestoreTarget
    let options: RestoreOptions
    let metadata: RestoredMetadata
    let progress: RestoreProgress
    private let observer: RestoreObserver

    init(
        source: any RestoreSource,
        target: RestoreTarget,
        options: RestoreOptions,
        isPrivileged: Bool,
        progress: RestoreProgress,
        observer: RestoreObserver
    ) {
        self.source = source
        self.target = target
        self.options = options
        metadata = RestoredMetadata(
            isPrivileged: isPrivileged,
            restoresAttribute: options.restoresAttribute,
            owners: options.restoresOwnersByName ? OwnerNumbers() : nil
        )
        self.progress = progress
        self.observer = observer
    }

    /// Reports an entry that could not be restored as it should be.
    func fail(_ path: [UInt8], _ message: String, _ cause: (any Error)?) {
        progress.add(1, to: progress.errors)
        observer.itemFailed(ItemFailure(.error, path: path, message: message, cause: cause))
    }

    func fail(_ path: [UInt8], _ error: any Error) {
        if let error = error as? FileSystemError {
            fail(path, error.at(path).message, error)
        } else {
            fail(path, "\(error)", error)
        }
    }

    /// Counts and reports an entry that is as it should be.
    func finish(_ path: @autoclosure () -> [UInt8], _ action: RestoredItem.Action, byteCount: Int) {
        switch action {
        case .deleted: progress.add(1, to: progress.filesDeleted)
        case .unchanged: progress.add(1, to: progress.filesSkipped)
        case .restored, .updated: progress.add(1, to: progress.filesRestored)
        }
        observer.itemDone?(RestoredItem(path: path(), action: action, byteCount: byteCount))
    }

    /// Counts and reports an entry the overwrite policy leaves alone.
    func skip(_ path: [UInt8], byteCount: Int) {
        progress.add(byteCount, to: progress.bytesSkipped)
        finish(path, .unchanged, byteCount: byteCount)
    }
}
