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
        /// Where the text goes once there is much of it.
        var stream: (any ArchivedTreeStream)?
        var makeStream: (@Sendable () -> (any ArchivedTreeStream)?)?
    }

    /// What was assembled.
    enum Tree {
        case text([UInt8])
        /// So much text that it went to the store as it came.
        case stored(ArchivedBlob, byteCount: Int)
    }

    /// Text held before it goes to a stream, in bytes: some ten thousand entries.
    fileprivate static let textLimit = 4 << 20

    private let state: Mutex<State>

    /// - Parameter makeStream: Asked once when the tree grows large; without an answer the text is held.
    init(computesDigest: Bool, makeStream: @escaping @Sendable () -> (any ArchivedTreeStream)? = { nil }) {
        var state = State()
        state.makeStream = makeStream
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

    /// The tree and the directory's digest, when every part is in.
    ///
    /// - Throws: What storing a large tree throws.
    func finish() throws -> (tree: Tree, nodeCount: Int, digest: Digest256?) {
        try state.withLock { state in
            let nodeCount = state.encoder.nodeCount
            let encoder = state.encoder
            state.encoder = TreeEncoder()
            let text = encoder.finish()
            let digest = state.digest?.finish()
            guard let stream = state.stream else { return (.text(text), nodeCount, digest) }
            state.stream = nil
            try stream.append(text.span)
            return (.stored(try stream.store(), byteCount: stream.byteCount), nodeCount, digest)
        }
    }
}

extension DirectoryAssembly.State {
    fileprivate mutating func append(_ entries: EncodedEntries) throws {
        next += 1
        try encoder.append(entries.fragment)
        digest?.append(entries.digestRecords)
        guard encoder.byteCount > DirectoryAssembly.textLimit else { return }
        if let makeStream {
            stream = makeStream()
            self.makeStream = nil
        }
        guard let stream else { return }
        let text = encoder.takeBytes()
        try stream.append(text.span)
    }
}
