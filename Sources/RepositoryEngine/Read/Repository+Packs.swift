// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat

extension Repository {
    /// The packs in the store, listed by an index file or not, with their sizes in bytes.
    package func listPacks() async throws -> [PackID: Int] {
        var listed: [PackID: Int] = [:]
        try await storage.list(prefix: RepositoryLayout.Folder.data.prefix) { page in
            for object in page {
                if let id: PackID = RepositoryLayout.id(ofKey: object.key) { listed[id] = object.byteCount }
            }
        }
        return listed
    }

    /// The packs in the store that no loaded index file lists, with their sizes in bytes.
    ///
    /// Memory grows with these packs only.
    func listUnlistedPacks() async throws -> [PackID: Int] {
        var unlisted: [PackID: Int] = [:]
        try await storage.list(prefix: RepositoryLayout.Folder.data.prefix) { page in
            for object in page {
                guard let id: PackID = RepositoryLayout.id(ofKey: object.key), !index.containsPack(id) else { continue }
                unlisted[id] = object.byteCount
            }
        }
        return unlisted
    }

    /// A pack that no index file lists although its blobs could be read, if there is one; reads headers of such packs only.
    ///
    /// While there is one, what looks missing may only be unlisted. The index must be loaded.
    package func unlistedPack() async throws -> PackID? {
        for (id, byteCount) in try await listUnlistedPacks().sorted(by: { $0.key < $1.key }) {
            do {
                if try await !readPackHeader(id, packByteCount: byteCount).isEmpty { return id }
            } catch  where !error.isPassing {
                continue
            }
        }
        return nil
    }
}

extension Error {
    /// Whether the error tells of a connection, a right or a cancellation, and nothing about what is stored.
    var isPassing: Bool {
        switch self {
        case is CancellationError: true
        case let error as StorageError: ![.notFound, .rangeNotSatisfiable, .corrupt].contains(error.code)
        default: false
        }
    }
}
