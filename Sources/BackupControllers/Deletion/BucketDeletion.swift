// SPDX-License-Identifier: Apache-2.0

import LocationAccess
import ObjectStorage

/// Removes what a bucket holds below a folder.
enum BucketDeletion {
    /// Objects of one backup or restore at most; a folder with more is somebody else's.
    private static let maximumCount = 10_000

    /// Removes all objects of a backup (`backups`) or restore (`restores`); what is gone already is no failure.
    ///
    /// - Parameters:
    ///   - folder: `backups` or `restores`.
    ///   - name: Checked by the caller to be a name.
    static func remove(_ folder: String, _ name: String, of location: String, in stores: any StoreProvider) async throws
    {
        try await stores.withStore(of: location) { store in
            var keys: [String] = []
            try await store.list(prefix: "\(folder)/\(name)/") { page in
                keys += page.map(\.key)
                guard keys.count <= maximumCount else {
                    throw StorageError(
                        .invalid,
                        "\(folder)/\(name)/ holds more than \(maximumCount) objects; look there first"
                    )
                }
            }
            // The object that stands for the folder comes last, and what makes it a backup before the rest: a deletion that was cut off
            // leaves nothing that looks like a backup.
            let mark = "\(folder)/\(name)/velero-backup.json"
            let others = keys.filter { $0 != mark }.sorted { Array($1.utf8).lexicographicallyPrecedes(Array($0.utf8)) }
            if keys.contains(mark) { try await store.delete(mark) }
            for key in others { try await store.delete(key) }
        }
    }
}
