// SPDX-License-Identifier: Apache-2.0

package import RepositoryEngine
package import ResticFormat

/// Where restored trees and chunks come from; everything it hands out is verified.
package protocol RestoreSource: Sendable {
    /// The JSON text of a tree.
    func tree(_ id: BlobID) async throws -> [UInt8]

    /// Where a chunk is stored; nil when the index does not know it.
    func location(of chunk: BlobID) -> PackedBlob?

    /// One chunk, from any copy that is good.
    func chunk(_ id: BlobID) async throws -> [UInt8]

    /// Reads chunks of one pack, which come in the order of their offsets, and hands each to `deliver` with its place in `chunks`.
    ///
    /// A chunk that cannot be had, from this pack or any other copy, goes to `fail`; the others still come. Throws only for
    /// cancellation.
    func readChunks(
        _ chunks: [PackedBlob],
        deliver: @escaping @Sendable (Int, Span<UInt8>) -> Void,
        fail: @escaping @Sendable (Int, any Error) -> Void
    ) async throws
}
