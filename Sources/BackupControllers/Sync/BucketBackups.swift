// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import LocationAccess
import ObjectStorage
import VeleroAPI

/// The backups in the bucket of a location, as far as their files tell.
struct BucketBackups: Sendable {
    let store: any ObjectStorage

    /// Most backups one location may have.
    private static let maximumCount = 100_000

    /// A bucket holds more than anybody would look through.
    struct TooMany: Error, CustomStringConvertible {
        var description: String { "the location holds more than \(BucketBackups.maximumCount) backups" }
    }

    /// Names of the folders of backups; those that cannot be names of backups are left out.
    func names() async throws -> Set<String> {
        var names: Set<String> = []
        try await store.listFolders(below: "backups/") { page in
            names.formUnion(page.filter { ObjectName.isSubdomain($0) })
            guard names.count <= Self.maximumCount else { throw TooMany() }
        }
        return names
    }

    /// The file that makes a folder a backup; nil if it is missing.
    func metadata(_ name: String) async throws -> [UInt8]? {
        try await file("backups/\(name)/velero-backup.json", maximumByteCount: SyncedBackup.maximumByteCount)
    }

    /// The list of backups of volumes, decompressed; nil if there is none.
    func volumes(_ name: String) async throws -> [UInt8]? {
        let key = "backups/\(name)/\(name)-podvolumebackups.json.gz"
        guard let bytes = try await file(key, maximumByteCount: SyncedVolumes.maximumByteCount) else { return nil }
        return try GzipReader.content(of: bytes, maximumByteCount: SyncedVolumes.maximumByteCount)
    }

    private func file(_ key: String, maximumByteCount: Int) async throws -> [UInt8]? {
        do {
            let size = try await store.stat(key).byteCount
            guard size <= maximumByteCount else {
                throw StorageError(.corrupt, "\(key) has \(size) bytes, more than such a file can have")
            }
            return try await store.get(key, range: 0..<size)
        } catch let error as StorageError {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }
}
