// SPDX-License-Identifier: Apache-2.0

package import RepositoryEngine
package import ResticFormat

/// Restores from a repository whose index is loaded.
package struct RepositoryRestoreSource: RestoreSource {
    private let repository: Repository

    package init(_ repository: Repository) {
        self.repository = repository
    }

    package func tree(_ id: BlobID) async throws -> [UInt8] {
        try await repository.readTreeText(id)
    }

    package func location(of chunk: BlobID) -> PackedBlob? {
        repository.index.location(of: .data, chunk)
    }

    package func chunk(_ id: BlobID) async throws -> [UInt8] {
        try await repository.readBlob(.data, id)
    }

    package func readChunks(
        _ chunks: [PackedBlob],
        deliver: @escaping @Sendable (Int, Span<UInt8>) -> Void,
        fail: @escaping @Sendable (Int, any Error) -> Void
    ) async throws {
        guard let first = chunks.first else { return }
        // Chunks ascend by offset, so they come in the order they were given.
        var place = 0
        do {
            try await PackReader(repository).read(
                chunks.map(\.blob),
                of: first.pack,
                onFailure: { _, error in
                    fail(place, error)
                    place += 1
                },
                { _, plaintext in
                    deliver(place, plaintext.span)
                    place += 1
                }
            )
        } catch let error as CancellationError {
            throw error
        } catch {
            // The storage does not hand out this pack: its files fail, others may still be had.
            try Task.checkCancellation()
            for missing in place..<chunks.count { fail(missing, error) }
        }
    }
}
