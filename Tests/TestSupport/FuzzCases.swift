// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Seeds for tests that feed damaged input, and the damage itself.
package enum FuzzCases {
    /// How many cases to run: the environment variable `FUZZ_CASES`, else `standard`.
    package static func count(standard: Int) -> Int {
        ProcessInfo.processInfo.environment["FUZZ_CASES"].flatMap { Int($0) } ?? standard
    }

    /// A copy of `original` with one to four faults: flipped bits, cuts, repeats, insertions or a hostile token.
    package static func damaged(
        _ original: [UInt8],
        tokens: [String] = [],
        using generator: inout SplitMixGenerator
    ) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            guard !bytes.isEmpty else { return bytes }
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, index + Int.random(in: 1...16, using: &generator))
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[index] = .random(in: 0...255, using: &generator)
            case 2: bytes.removeSubrange(index...)
            case 3: bytes.removeSubrange(index..<end)
            case 4: bytes.insert(contentsOf: Array(bytes[index..<end]), at: index)
            case 5: bytes.insert(contentsOf: generator.bytes(end - index), at: index)
            default:
                guard let token = tokens.randomElement(using: &generator) else { break }
                bytes.replaceSubrange(index..<end, with: token.utf8)
            }
        }
        return bytes
    }
}
