// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// Where each kind of file of a repository is stored.
package enum RepositoryLayout {
    package static let config = "config"

    /// Directories of files named by the hash of their content; packs have one more level.
    package enum Folder: String, Sendable, CaseIterable {
        case data, index, keys, locks, snapshots

        package var prefix: String { rawValue + "/" }
    }

    package static func key(_ id: PackID) -> String {
        let hex = id.hex
        return "data/\(hex.prefix(2))/\(hex)"
    }

    package static func key(_ id: IndexID) -> String { "index/" + id.hex }
    package static func key(_ id: KeyID) -> String { "keys/" + id.hex }
    package static func key(_ id: LockID) -> String { "locks/" + id.hex }
    package static func key(_ id: SnapshotID) -> String { "snapshots/" + id.hex }

    /// The id in the last component of an object's key; nil for names that are none, such as temporary files.
    package static func id<Kind>(ofKey key: String, _: Kind.Type = Kind.self) -> ContentID<Kind>? {
        let name = key.utf8.lastIndex(of: UInt8(ascii: "/")).map { key[key.utf8.index(after: $0)...] } ?? key[...]
        return ContentID(hex: name)
    }
}
