// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("Cached index groups given damaged bytes", .timeLimit(.minutes(10)))
struct IndexGroupFuzzTests {
    @Test("end in groups or an error, never in a trap", arguments: [3, 4] as [UInt64])
    func decode(seed: UInt64) {
        var ids = IDGenerator(seed: 2)
        var odd = IndexBatch(indexFile: ids.next())
        odd.append(pack: ids.next(), blobs: [])
        let batches = [
            ids.batch(packCount: 3, blobsPerPack: 5), odd, ids.batch(packCount: 1, blobsPerPack: 2, kind: .tree),
        ]
        let bytes = IndexGroup.encode(batches)
        var generator = SplitMixGenerator(seed: seed)
        for index in 0..<FuzzCases.count(standard: 2000) {
            do {
                _ = try IndexGroup.decode(FuzzCases.damaged(bytes, using: &generator))
            } catch {
                #expect(error.message.utf8.count < 2000, "case \(index) of seed \(seed)")
            }
        }
    }
}
