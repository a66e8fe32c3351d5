// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

/// The SHA-256 name of something stored in a repository, typed by what it names.
///
/// A blob is named by its plaintext, every file by its stored (sealed) bytes.
package struct ContentID<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let digest: Digest256

    package init(_ digest: Digest256) {
        self.digest = digest
    }

    /// Reads an id from exactly 64 lowercase hexadecimal digits; nil for anything else.
    package init?(hex: some StringProtocol) {
        guard let digest = Digest256(hex: hex) else { return nil }
        self.digest = digest
    }

    /// The 64 lowercase hexadecimal digits, as used in file names and JSON.
    package var hex: String { digest.hex }

    /// The first 8 hexadecimal digits, as shown to people and kept in Velero's `status.snapshotID`.
    package var shortHex: String { String(hex.prefix(8)) }

    package var description: String { hex }

    package static func == (left: Self, right: Self) -> Bool { left.digest == right.digest }

    package static func < (left: Self, right: Self) -> Bool { left.digest < right.digest }

    package func hash(into hasher: inout Hasher) { digest.hash(into: &hasher) }
}

/// Phantom types that keep the ids of different things apart.
package enum BlobNaming {}
package enum PackNaming {}
package enum IndexNaming {}
package enum SnapshotNaming {}
package enum LockNaming {}
package enum KeyNaming {}

package typealias BlobID = ContentID<BlobNaming>
package typealias PackID = ContentID<PackNaming>
package typealias IndexID = ContentID<IndexNaming>
package typealias SnapshotID = ContentID<SnapshotNaming>
package typealias LockID = ContentID<LockNaming>
package typealias KeyID = ContentID<KeyNaming>
