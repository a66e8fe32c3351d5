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

    package func readChunks(
        _ chunks: [PackedBlob],
        deliver: (Int, Span<UInt8>) -> Void,
        fail: (Int, any Error) -> Void
    ) async throws {
        try await repository.readBlobs(chunks, deliver: deliver, fail: fail)
    }
}
