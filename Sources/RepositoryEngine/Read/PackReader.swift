// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ObjectStorage
package import ResticFormat

/// Reads many blobs of one pack with few requests, each blob verified before it is handed out.
///
/// One instance per task that reads; memory is one request (at most 32 MiB or one blob) and one plaintext at a time.
package struct PackReader: Sendable {
    /// Memory reserved for what an index says about lengths; a longer plaintext grows as it comes.
    private static let trustedByteCount = 8 << 20

    private let repository: Repository

    package init(_ repository: Repository) {
        self.repository = repository
    }

    /// Reads `blobs` of `pack` in offset order.
    ///
    /// A blob that is damaged here is read from another copy if there is one.
    ///
    /// - Parameters:
    ///   - consume: Gets each blob with its plaintext; memory is used again unless the array is kept.
    ///   - onFailure: Told of each blob no copy of which is good; without it the first such error is thrown.
    /// - Throws: What `consume` throws, storage errors other than a missing or short pack, `CancellationError`.
    package func read(
        _ blobs: [PackEntry],
        of pack: PackID,
        onFailure: ((PackEntry, any Error) async throws -> Void)? = nil,
        _ consume: (PackEntry, [UInt8]) async throws -> Void
    ) async throws {
        let largest = blobs.lazy.map(\.plaintextByteCount).max() ?? 0
        var plaintext = repository.plaintextBuffers.take(min(largest, Self.trustedByteCount))
        defer { repository.plaintextBuffers.giveBack(plaintext) }
        for request in PackReadPlan.requests(for: blobs) {
            try Task.checkCancellation()
            let sealed = try await fetch(request.range, of: pack)
            for blob in request.blobs {
                plaintext.removeAll(keepingCapacity: true)
                if let sealed, open(blob, in: sealed, from: request.range.lowerBound, into: &plaintext) {
                    try await consume(blob, plaintext)
                    continue
                }
                let rescued: [UInt8]
                do {
                    rescued = try await repository.readBlob(blob.kind, blob.id)
                } catch {
                    try Task.checkCancellation()
                    guard let onFailure else { throw error }
                    try await onFailure(blob, error)
                    continue
                }
                try await consume(blob, rescued)
            }
            if let sealed { repository.storage.recycle(sealed) }
        }
    }

    /// The bytes of a range; nil when the pack is missing or too short.
    private func fetch(_ range: Range<Int>, of pack: PackID) async throws -> [UInt8]? {
        do {
            return try await repository.storage.get(RepositoryLayout.key(pack), range: range)
        } catch let error as StorageError where error.code == .notFound || error.code == .rangeNotSatisfiable {
            return nil
        }
    }

    private func open(_ blob: PackEntry, in bytes: [UInt8], from start: Int, into plaintext: inout [UInt8]) -> Bool {
        let first = Int(blob.offset) - start
        let codecs = repository.codecs
        do {
            try codecs.open(bytes, range: first..<(first + Int(blob.storedLength)), as: blob, into: &plaintext)
            return true
        } catch {
            plaintext.removeAll(keepingCapacity: true)
            return false
        }
    }
}
