// SPDX-License-Identifier: Apache-2.0

package import RepositoryEngine
package import ResticFormat
import Synchronization

/// Stores what is archived in a repository.
package struct RepositorySink: ArchiveSink {
    private let writer: BlobWriter

    package init(_ writer: BlobWriter) {
        self.writer = writer
    }

    package func save(_ kind: BlobKind, _ plaintext: Span<UInt8>, id: BlobID?) throws -> ArchivedBlob {
        let blob = try writer.save(kind, plaintext, id: id)
        return ArchivedBlob(id: blob.id, isNew: blob.isNew, storedByteCount: blob.storedByteCount)
    }

    package func makeTreeStream() -> (any ArchivedTreeStream)? { writer.makeTreeStream() }

    package func contains(_ kind: BlobKind, _ id: BlobID) -> Bool { writer.isKnown(kind, id) }

    package func waitForCapacity() async throws { try await writer.waitForCapacity() }
}

extension TreeStream: ArchivedTreeStream {
    package func store() throws -> ArchivedBlob {
        let blob = try finish()
        return ArchivedBlob(id: blob.id, isNew: blob.isNew, storedByteCount: blob.storedByteCount)
    }
}

/// Compares with a repository and stores nothing (`--dry-run`).
///
/// Counts as stored what would be stored, uncompressed. Remembers 32 bytes for each new blob.
package final class DryRunSink: ArchiveSink {
    private let index: MasterIndex
    private let names = HashingSink()
    private let fresh = Mutex<[BlobKind: Set<BlobID>]>([:])

    package init(_ index: MasterIndex) {
        self.index = index
    }

    package func save(_ kind: BlobKind, _ plaintext: Span<UInt8>, id: BlobID?) throws -> ArchivedBlob {
        var blob = try names.save(kind, plaintext, id: id)
        let id = blob.id
        guard !index.contains(kind, id), fresh.withLock({ $0[kind, default: []].insert(id).inserted }) else {
            return blob
        }
        blob.isNew = true
        blob.storedByteCount = plaintext.count + 32
        return blob
    }

    package func contains(_ kind: BlobKind, _ id: BlobID) -> Bool {
        index.contains(kind, id) || fresh.withLock { $0[kind]?.contains(id) ?? false }
    }

    package func waitForCapacity() async throws {}
}
