// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// Where the archiver's chunks and trees go: a repository, nowhere (dry run), or only through the hash (digest of a directory).
package protocol ArchiveSink: Sendable {
    /// Stores a blob unless it is known; safe to call from many threads, may block for as long as that takes.
    ///
    /// - Parameter id: SHA-256 of `plaintext` if the caller knows it.
    func save(_ kind: BlobKind, _ plaintext: Span<UInt8>, id: BlobID?) throws -> ArchivedBlob

    /// Whether a blob is stored or on its way.
    func contains(_ kind: BlobKind, _ id: BlobID) -> Bool

    /// A way to store a tree too large to be held as text; nil where trees are only taken whole.
    func makeTreeStream() -> (any ArchivedTreeStream)?

    /// Waits while too much is on its way to the store; called between saves.
    func waitForCapacity() async throws
}

extension ArchiveSink {
    package func makeTreeStream() -> (any ArchivedTreeStream)? { nil }
}

/// Takes the text of one tree piece by piece; used by one thread at a time.
package protocol ArchivedTreeStream: AnyObject {
    /// Bytes of text taken.
    var byteCount: Int { get }

    /// Takes the next bytes of text.
    func append(_ text: Span<UInt8>) throws

    /// Stores the tree unless it is known.
    func store() throws -> ArchivedBlob
}

/// What became of one saved blob.
package struct ArchivedBlob: Sendable {
    package var id: BlobID
    /// False when the blob was known already.
    package var isNew: Bool
    /// Bytes it takes in the store; 0 when it was known.
    package var storedByteCount: Int

    package init(id: BlobID, isNew: Bool, storedByteCount: Int) {
        self.id = id
        self.isNew = isNew
        self.storedByteCount = storedByteCount
    }
}
