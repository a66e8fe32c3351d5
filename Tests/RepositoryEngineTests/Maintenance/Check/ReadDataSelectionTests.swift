// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("ReadDataSelection")
struct ReadDataSelectionTests {
    private static let packs: [PackID: Int] = {
        var generator = IDGenerator(seed: 5)
        return Dictionary(uniqueKeysWithValues: (0..<1000).map { _ in (generator.next() as PackID, 1000) })
    }()

    private func choose(_ selection: ReadDataSelection, seed: UInt64 = 1) -> [PackID] {
        var generator = SplitMixGenerator(seed: seed)
        return selection.choose(from: Self.packs, using: &generator)
    }

    @Test("none, and all in order")
    func bounds() {
        #expect(choose(.none).isEmpty)
        #expect(choose(.all) == Self.packs.keys.sorted())
    }

    @Test("the parts of a whole are disjoint, complete and told apart by the first byte", arguments: [1, 2, 7, 256])
    func parts(count: Int) {
        var seen: Set<PackID> = []
        for part in 1...count {
            for pack in choose(.part(part, of: count)) {
                #expect(seen.insert(pack).inserted)
                #expect((Int(pack.hex.prefix(2), radix: 16) ?? -1) % count == part - 1)
            }
        }
        #expect(seen.count == Self.packs.count)
    }

    @Test("a share is rounded down but never nothing", arguments: [(0.01, 1), (2.5, 25), (50, 500), (100, 1000)])
    func percent(share: Double, count: Int) {
        #expect(choose(.percent(share)).count == count)
    }

    @Test("different runs choose differently")
    func random() {
        #expect(choose(.percent(10), seed: 1) != choose(.percent(10), seed: 2))
    }

    @Test(
        "a size is not exceeded, except by a single pack",
        arguments: [(1, 1), (1000, 1), (5500, 5), (1 << 40, 1000)]
    )
    func bytes(limit: Int, count: Int) {
        #expect(choose(.bytes(limit)).count == count)
    }
}
