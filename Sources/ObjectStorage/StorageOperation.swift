// SPDX-License-Identifier: Apache-2.0

/// What can be asked of a store; the raw values serve as metric labels and in messages.
package enum StorageOperation: String, CaseIterable, Hashable, Sendable {
    case put, putStream, get, getStream, stat, list, delete, createContainer

    /// True for operations that change the store.
    package var isMutation: Bool {
        switch self {
        case .put, .putStream, .delete, .createContainer: true
        case .get, .getStream, .stat, .list: false
        }
    }
}
