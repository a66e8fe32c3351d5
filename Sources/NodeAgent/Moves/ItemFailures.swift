// SPDX-License-Identifier: Apache-2.0

import DataMover
import Synchronization
import VolumeIO

/// Entries of a volume that could not be moved: all are counted, the first ones kept for the message.
final class ItemFailures: Sendable {
    private struct State {
        var count = 0
        var first: [String] = []
        var mountCount = 0
        var firstMounts: [String] = []
    }

    private static let keptCount = 3
    /// Longest part of a message of one entry; paths may be long.
    private static let keptLength = 512
    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    func add(_ failure: ItemFailure) {
        if failure.severity == .warning, (failure.cause as? FileSystemError)?.code == .crossesBoundary {
            return addMount(failure.path)
        }
        guard failure.severity == .error, !failure.isOfParent else { return }
        state.withLock { state in
            state.count += 1
            if state.first.count < Self.keptCount {
                state.first.append(String(failure.message.prefix(Self.keptLength)))
            }
        }
    }

    private func addMount(_ path: [UInt8]) {
        state.withLock { state in
            state.mountCount += 1
            guard state.firstMounts.count < Self.keptCount else { return }
            state.firstMounts.append(String(String(decoding: path, as: UTF8.self).prefix(Self.keptLength)))
        }
    }

    /// What a person is told of mounts inside of the volume that were left out; nil if there are none.
    var mountNote: String? {
        let (count, first) = state.withLock { ($0.mountCount, $0.firstMounts) }
        guard count > 0 else { return nil }
        let mounts = count == 1 ? "1 mount inside of the volume was" : "\(count) mounts inside of the volume were"
        return "\(mounts) left out: " + first.joined(separator: ", ") + (count > first.count ? ", …" : "")
    }

    /// What a person is told; nil if nothing failed.
    ///
    /// - Parameter verb: What could not be done, such as `read`.
    func message(verb: String) -> String? {
        let (count, first) = state.withLock { ($0.count, $0.first) }
        guard count > 0 else { return nil }
        let entries = count == 1 ? "1 entry" : "\(count) entries"
        let rest = count > first.count ? "; …" : ""
        return "\(entries) could not be \(verb): " + first.joined(separator: "; ") + rest
    }
}
