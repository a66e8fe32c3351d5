// SPDX-License-Identifier: Apache-2.0

/// What one ``BlobWriter`` may use, where several share a repository and its memory.
package struct WriterLimits: Sendable, Hashable {
    /// Size at which a pack is closed, in bytes; nil for that of the repository's ``OpenOptions``.
    package var packTargetByteCount: Int?
    /// Uploads at once; nil for that of the repository's ``OpenOptions``.
    package var uploadCount: Int?

    package init(packTargetByteCount: Int? = nil, uploadCount: Int? = nil) {
        self.packTargetByteCount = packTargetByteCount
        self.uploadCount = uploadCount
    }
}
