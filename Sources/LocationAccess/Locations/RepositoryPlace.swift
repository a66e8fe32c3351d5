// SPDX-License-Identifier: Apache-2.0

package import ObjectStorage
package import S3Storage

/// Where a repository lies, read from its identifier in restic's notation.
package enum RepositoryPlace: Sendable, Hashable {
    /// An absolute path.
    case directory(String)
    case s3(S3Location)

    /// - Throws: ``StorageError`` with `.invalid` for what is neither a directory nor S3.
    package init(identifier: String) throws(StorageError) {
        if identifier.hasPrefix("s3:") {
            self = .s3(try S3Location(parsing: identifier))
            return
        }
        let path = identifier.hasPrefix("local:") ? String(identifier.dropFirst("local:".count)) : identifier
        guard path.hasPrefix("/") else {
            throw StorageError(.invalid, "\"\(identifier)\" is neither a directory nor a bucket reached by S3")
        }
        self = .directory(path)
    }

    /// Whether another identifier means this place, though it may spell the server's name in another way.
    ///
    /// Clusters reach one bucket under several names, so bucket and path decide. What this says gives nobody access to anything:
    /// data always goes where the location says.
    package func isMeant(by identifier: String) -> Bool {
        guard let other = Self.parse(identifier) else { return false }
        switch (self, other) {
        case (.directory(let path), .directory(let otherPath)):
            return path.split(separator: "/") == otherPath.split(separator: "/")
        case (.s3(let location), .s3(let otherLocation)):
            return location.bucket == otherLocation.bucket && location.prefix == otherLocation.prefix
        default: return false
        }
    }

    @inline(never)
    private static func parse(_ identifier: String) -> RepositoryPlace? { try? RepositoryPlace(identifier: identifier) }
}
