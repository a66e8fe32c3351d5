// SPDX-License-Identifier: Apache-2.0

import LocationAccess
import ObjectStorage

/// Looks at what a location holds right below its root.
enum LocationProbe {
    /// Nobody reads more names than these, and a bucket of somebody else's may hold millions.
    private static let maximumCount = 1000

    private struct Enough: Error { let found: [String] }

    /// The names of its folders.
    ///
    /// - Throws: ``LocationError``, storage errors, `KubeError`.
    static func folders(of location: String, in stores: any StoreProvider) async throws -> [String] {
        do {
            return try await stores.withStore(of: location) { store in
                var found: [String] = []
                try await store.listFolders(below: "") { page in
                    found += page
                    if found.count > maximumCount { throw Enough(found: found) }
                }
                return found
            }
        } catch let enough as Enough {
            return enough.found
        }
    }
}
