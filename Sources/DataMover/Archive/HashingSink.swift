// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
package import ResticFormat

/// Names blobs and stores nothing: for the digest of a directory on disk.
package struct HashingSink: ArchiveSink {
    package init() {}

    package func save(_ kind: BlobKind, _ plaintext: Span<UInt8>, id: BlobID?) throws -> ArchivedBlob {
        ArchivedBlob(id: id ?? BlobID(SHA256.digest(plaintext)), isNew: false, storedByteCount: 0)
    }

    package func makeTreeStream() -> (any ArchivedTreeStream)? { HashedTree() }

    package func contains(_ kind: BlobKind, _ id: BlobID) -> Bool { true }

    package func waitForCapacity() async throws {}
}

/// Names a tree piece by piece.
private final class HashedTree: ArchivedTreeStream {
    private let hasher = SHA256Hasher()
    private(set) var byteCount = 0

    func append(_ text: Span<UInt8>) {
        hasher.update(text)
        byteCount += text.count
    }

    func store() -> ArchivedBlob {
        ArchivedBlob(id: BlobID(hasher.finalize()), isNew: false, storedByteCount: 0)
    }
}
