// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
package import ResticFormat
import Synchronization

extension Repository {
    /// The blobs of a pack by its own header.
    package func readPackHeader(_ id: PackID, packByteCount: Int) async throws -> [PackEntry] {
        var byteCount = min(packByteCount, PackHeader.eagerByteCount)
        for _ in 0..<2 {
            let range = (packByteCount - byteCount)..<packByteCount
            guard !range.isEmpty else { break }
            let tail = try await storage.get(RepositoryLayout.key(id), range: range)
            let reading = try codecs.withCodec {
                try PackHeader.read(tail: tail.span, packByteCount: packByteCount, cipher: $0.cipher)
            }
            switch reading {
            case .entries(let entries): return entries
            case .needs(let wanted): byteCount = wanted
            }
        }
        throw FormatError(.truncated, "pack \(id) has \(packByteCount) bytes, too few for its header")
    }

    /// Reads the headers of packs, many at once.
    ///
    /// - Parameters:
    ///   - packs: Ids with the sizes of the files, in bytes.
    ///   - onStep: Told how many headers are read, of all that are, from any thread.
    ///   - onHeader: Gets the blobs of each pack, or why its header cannot be; called by several tasks at once.
    /// - Throws: What keeps a header from being read although it may be sound, such as a lost connection; else what `onHeader` throws.
    func scanPackHeaders(
        _ packs: [PackID: Int],
        onStep: @escaping @Sendable (_ done: Int, _ total: Int) -> Void,
        onHeader: @escaping @Sendable (PackID, Result<[PackEntry], any Error>) async throws -> Void
    ) async throws {
        guard !packs.isEmpty else { return }
        let doneCount = Mutex(0)
        onStep(0, packs.count)
        try await forEachBounded(packs.sorted { $0.key < $1.key }, limit: readConcurrency) { id, byteCount in
            let reading: Result<[PackEntry], any Error>
            do {
                reading = .success(try await self.readPackHeader(id, packByteCount: byteCount))
            } catch  where error.isPassing {
                throw error
            } catch {
                reading = .failure(error)
            }
            try await onHeader(id, reading)
            let count = doneCount.withLock { count in
                count += 1
                return count
            }
            onStep(count, packs.count)
        }
    }
}
