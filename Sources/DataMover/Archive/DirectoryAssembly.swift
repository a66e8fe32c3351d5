// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Synchronization

/// The nodes of some consecutive entries, encoded by the worker that archived them.
struct EncodedEntries: Sendable {
    var fragment = TreeFragment()
    /// Records for the volume digest.
    var digestRecords: [UInt8] = []

    var byteCount: Int { fragment.byteCount + digestRecords.count }
}

/// Puts the parts of one directory, which finish in any order, together in the order of their names.
final class DirectoryAssembly: Sendable {
    fileprivate struct State {
        var encoder = TreeEncoder()
        var next = 0
        var waiting: [Int: EncodedEntries] = [:]
        var waitingByteCount = 0
        var digest: VolumeDigest.DirectoryHasher?
    }

    private let state: Mutex<State>

    init(computesDigest: Bool) {
        var state = State()
        if computesDigest { state.digest = VolumeDigest.DirectoryHasher() }
        self.state = Mutex(state)
    }

    /// Digest of a directory without entries.
    static let emptyDigest = VolumeDigest.DirectoryHasher().finish()

    /// Bytes that wait for an earlier part.
    var waitingByteCount: Int { state.withLock { $0.waitingByteCount } }

    /// Takes part number `slot`; every number from 0 on must come once.
    func complete(_ slot: Int, _ entries: EncodedEntries) throws {
        try state.withLock { state in
            guard slot == state.next else {
                state.waitingByteCount += entries.byteCount
                state.waiting[slot] = entries
                return
            }
            try state.append(entries)
            while let following = state.waiting.removeValue(forKey: state.next) {
                state.waitingByteCount -= following.byteCount
                try state.append(following)
            }
        }
    }

    /// The text of the tree and the directory's digest, when every part is in.
    func finish() -> (tree: [UInt8], nodeCount: Int, digest: Digest256?) {
        state.withLock { state in
            let nodeCount = state.encoder.nodeCount
            let encoder = state.encoder
            state.encoder = TreeEncoder()
            return (encoder.finish(), nodeCount, state.digest?.finish())
        }
    }
}

extension DirectoryAssembly.State {
    fileprivate mutating func append(_ entries: EncodedEntries) throws {
        next += 1
        try encoder.append(entries.fragment)
        digest?.append(entries.digestRecords)
    }
}
