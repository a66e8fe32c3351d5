// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import Synchronization

/// The texts of trees read last, bounded by size.
final class TreeStore: Sendable {
    private struct State: Sendable {
        var texts: [BlobID: (text: [UInt8], use: UInt64)] = [:]
        var byteCount = 0
        var clock: UInt64 = 0
    }

    private static let maximumByteCount = 32 << 20
    private let state = Mutex(State())

    func text(_ id: BlobID) -> [UInt8]? {
        state.withLock { state in
            guard let text = state.texts[id]?.text else { return nil }
            state.clock += 1
            state.texts[id]?.use = state.clock
            return text
        }
    }

    func insert(_ text: [UInt8], id: BlobID) {
        guard text.count <= Self.maximumByteCount / 8 else { return }
        state.withLock { state in
            guard state.texts[id] == nil else { return }
            state.clock += 1
            state.texts[id] = (text, state.clock)
            state.byteCount += text.count
            guard state.byteCount > Self.maximumByteCount else { return }
            // Drop the older half in one go: rare, and cheaper than keeping an order.
            let uses = state.texts.values.map(\.use).sorted()
            let limit = uses[uses.count / 2]
            for (id, entry) in state.texts where entry.use <= limit {
                state.texts[id] = nil
                state.byteCount -= entry.text.count
            }
        }
    }
}
