// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms
package import ResticFormat

/// How an opened repository is used.
package struct OpenOptions: Sendable {
    /// Key to try first: a full or abbreviated id.
    package var keyHint: String?
    package var cache: RepositoryCache?
    /// Size at which a pack is closed, in bytes.
    package var packTargetByteCount = 16 << 20
    package var compression = CompressionMode.auto
    /// Open and compare everything once more before it is stored.
    package var verifiesUploads = true
    /// Uploads at once; nil takes what the store recommends.
    package var uploadCount: Int?
    /// Data packs filled at the same time; more help only beyond about eight workers.
    package var openPackCount = 1
    package var identity = HolderIdentity.current
    package var wallClock = WallClock.system
    package var clock: any Clock<Duration> = ContinuousClock()

    package init() {}

    /// Pack sizes restic accepts, in bytes.
    package static let packTargetRange = (4 << 20)...(128 << 20)
}

/// How a new repository is made.
package struct InitializeOptions: Sendable {
    package var version = RepositoryVersion.v2
    /// Chunker polynomial of a repository to share chunks with; a random one if nil.
    package var polynomial: Polynomial?
    /// Cost of trying a password; nil measures what this machine does in half a second.
    package var keyDerivation: Scrypt.Parameters?
    /// How the repository is used afterwards.
    package var open = OpenOptions()

    package init() {}
}
