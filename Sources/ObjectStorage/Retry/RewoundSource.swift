// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Delivers pieces taken from a stream before, then the rest of that stream.
final class RewoundSource: Sendable {
    private let pieces: Mutex<ArraySlice<[UInt8]>>

    init(_ pieces: [[UInt8]]) {
        self.pieces = Mutex(pieces[...])
    }

    /// The next of the pieces taken before, or nil when all are delivered.
    func next() -> [UInt8]? {
        pieces.withLock { $0.popFirst() }
    }
}
