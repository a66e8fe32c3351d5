// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ResticFormat
import Synchronization

/// A pack whose blobs are complete: sealed bytes, and once ``BlobWriter`` hands it to the uploads the header behind them.
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
    private let targetByteCount: Int
    private let buffers: RecycledBuffers
    private let state: Mutex<State>

    /// Room for the blob that passes the target; memory that is not touched costs nothing.
    static let overshootByteCount = (8 << 20) + (64 << 10)

    init(kind: BlobKind, targetByteCount: Int, buffers: RecycledBuffers) {
        self.kind = kind
        self.targetByteCount = targetByteCount
        self.buffers = buffers
        state = Mutex(State(assembler: PackAssembler(targetByteCount: targetByteCount)))
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
                state.bytes = buffers.take(targetByteCount + Self.overshootByteCount)
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
        state = State(assembler: PackAssembler(targetByteCount: targetByteCount))
        return pack
    }
}
