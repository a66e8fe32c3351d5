// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Counts what goes to and comes from one or several stores.
package final class StorageMeter: Sendable {
    /// The counters at one moment.
    package struct Reading: Sendable, Equatable {
        /// Operations begun, by kind.
        package var operationCounts: [StorageOperation: Int] = [:]
        /// Operations that failed, by error code; cancelled ones are no failures.
        package var failureCounts: [StorageError.Code: Int] = [:]
        /// Bytes handed to the store, those of failed puts included.
        package var sentByteCount = 0
        /// Bytes received from the store.
        package var receivedByteCount = 0
        /// Objects reported by listings.
        package var listedCount = 0

        package init() {}

        package var operationCount: Int { operationCounts.values.reduce(0, +) }
    }

    private let state = Mutex(Reading())

    package init() {}

    package var reading: Reading { state.withLock { $0 } }

    func began(_ operation: StorageOperation) {
        state.withLock { $0.operationCounts[operation, default: 0] += 1 }
    }

    func failed(_ error: any Error) {
        guard let error = error as? StorageError else { return }
        state.withLock { $0.failureCounts[error.code, default: 0] += 1 }
    }

    func sent(_ byteCount: Int) {
        state.withLock { $0.sentByteCount += byteCount }
    }

    func received(_ byteCount: Int) {
        state.withLock { $0.receivedByteCount += byteCount }
    }

    func listed(_ count: Int) {
        state.withLock { $0.listedCount += count }
    }
}
