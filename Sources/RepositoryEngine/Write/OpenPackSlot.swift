// SPDX-License-Identifier: Apache-2.0

import ResticFormat
import Synchronization

/// A pack whose blobs are complete: sealed bytes, and from ``PackSealing`` on the header behind them.
struct ClosedPack: Sendable {
    var kind: BlobKind
    var blobs: [PackEntry]
    var bytes: [UInt8]
}

/// One pack being filled; a writer has one or a few for each kind of blob.
final class OpenPackSlot: Sendable {
    private struct State: Sendable {
        var assembler: PackAssembler
        var bytes: [UInt8] = []
        var hasBuffer = false
    }

    private let kind: BlobKind
    private let buffers: PackBuffers
    private let state: Mutex<State>

    init(kind: BlobKind, buffers: PackBuffers) {
        self.kind = kind
        self.buffers = buffers
        state = Mutex(State(assembler: PackAssembler(targetByteCount: buffers.targetByteCount)))
    }

    /// Appends one sealed blob that `seal` writes; returns the packs this completed.
    ///
    /// - Parameter seal: Appends exactly `storedByteCount` bytes.
    func append(
        id: BlobID,
        storedByteCount: Int,
        uncompressedByteCount: Int,
        _ seal: (inout [UInt8]) throws -> Void
    ) throws -> [ClosedPack] {
        try state.withLock { state in
            var closed: [ClosedPack] = []
            if !state.assembler.hasRoom(forStoredByteCount: storedByteCount) { closed.append(take(&state)) }
            if !state.hasBuffer {
                state.bytes = buffers.take()
                state.hasBuffer = true
            }
            let start = state.bytes.count
            do {
                try seal(&state.bytes)
            } catch {
                state.bytes.removeLast(state.bytes.count - start)
                throw error
            }
            precondition(
                state.bytes.count - start == storedByteCount,
                "a sealed blob has another length than announced"
            )
            let action = state.assembler.append(
                id: id,
                kind: kind,
                storedByteCount: storedByteCount,
                uncompressedByteCount: uncompressedByteCount
            )
            if action == .close { closed.append(take(&state)) }
            return closed
        }
    }

    /// Takes what is in the slot, complete or not; nil when it is empty.
    func close() -> ClosedPack? {
        state.withLock { state in state.assembler.isEmpty ? nil : take(&state) }
    }

    private func take(_ state: inout State) -> ClosedPack {
        let pack = ClosedPack(kind: kind, blobs: state.assembler.blobs, bytes: state.bytes)
        state = State(assembler: PackAssembler(targetByteCount: buffers.targetByteCount))
        return pack
    }
}

/// Memory for packs, used again and again: fresh pages cost more than the copying into them.
final class PackBuffers: Sendable {
    let targetByteCount: Int
    private let limit: Int
    private let idle = Mutex<[[UInt8]]>([])

    /// - Parameter limit: Buffers kept at most while unused.
    init(targetByteCount: Int, limit: Int) {
        self.targetByteCount = targetByteCount
        self.limit = limit
    }

    func take() -> [UInt8] {
        if var buffer = idle.withLock({ $0.popLast() }) {
            buffer.removeAll(keepingCapacity: true)
            return buffer
        }
        // Room for the blob that passes the target; memory that is not touched costs nothing.
        var buffer: [UInt8] = []
        buffer.reserveCapacity(targetByteCount + Self.overshootByteCount)
        return buffer
    }

    private static let overshootByteCount = (8 << 20) + (64 << 10)

    /// Gives a buffer back; the caller must hold no other copy of it.
    func giveBack(_ buffer: consuming [UInt8]) {
        let returned = buffer
        idle.withLock { idle in
            if idle.count < limit { idle.append(returned) }
        }
    }
}
