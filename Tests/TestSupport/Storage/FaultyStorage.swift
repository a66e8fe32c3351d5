// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
package import ObjectStorage
internal import Synchronization

/// Another store that misbehaves as scripted: one fault per rule and matching call, the first rule that applies wins.
package final class FaultyStorage: ObjectStorage {
    /// What goes wrong.
    package enum Fault: Sendable {
        /// Fails before the store is asked.
        case fail(StorageError)
        /// Says a put or delete succeeded without doing it.
        case acknowledgedButLost
        /// Does what was asked, then fails: the answer was lost.
        case doneButFailed(StorageError)
        /// Delivers only the first bytes of a read, as if they were all.
        case truncated(Int)
        /// Delivers the first bytes of a reading stream, or that many pages of a listing, then fails.
        case cut(after: Int, StorageError)
        /// Delivers a read with one bit flipped at this offset.
        case flipped(at: Int)
        /// Never answers; ends by cancellation.
        case hang
    }

    /// Which calls a fault hits.
    package struct Rule: Sendable {
        let operations: Set<StorageOperation>
        let matchesKey: @Sendable (String) -> Bool
        /// Matching calls to let through before.
        let skipped: Int
        /// Matching calls to hit then.
        let hits: Int
        /// Hit every second, third … of the calls that follow.
        let stride: Int
        let fault: Fault

        /// - Parameters:
        ///   - operations: By default all.
        ///   - prefix: Keys (or listed prefixes) that start so.
        ///   - skipping: Matching calls that pass before the first is hit.
        ///   - hits: How many are hit.
        ///   - stride: 2 hits every second call, and so on.
        package init(
            _ fault: Fault,
            on operations: Set<StorageOperation> = Set(StorageOperation.allCases),
            prefix: String = "",
            skipping: Int = 0,
            hits: Int = .max,
            stride: Int = 1
        ) {
            self.init(fault, on: operations, skipping: skipping, hits: hits, stride: stride) { $0.hasPrefix(prefix) }
        }

        package init(
            _ fault: Fault,
            on operations: Set<StorageOperation>,
            skipping: Int = 0,
            hits: Int = .max,
            stride: Int = 1,
            where matchesKey: @escaping @Sendable (String) -> Bool
        ) {
            self.operations = operations
            self.matchesKey = matchesKey
            skipped = skipping
            self.hits = hits
            self.stride = stride
            self.fault = fault
        }
    }

    private struct State {
        var rules: [(rule: Rule, matches: Int)] = []
        var callCount = 0
        var hitCount = 0
    }

    private let base: any ObjectStorage
    private let state = Mutex(State())

    package init(_ base: any ObjectStorage, _ rules: [Rule] = []) {
        self.base = base
        state.withLock { $0.rules = rules.map { ($0, 0) } }
    }

    package var location: String { base.location }
    package var recommendedConcurrency: Int { base.recommendedConcurrency }

    package var listingLag: Duration { base.listingLag }

    /// Calls so far, and those that were hit.
    package var callCount: Int { state.withLock { $0.callCount } }
    package var hitCount: Int { state.withLock { $0.hitCount } }

    /// Adds a rule behind the others.
    package func add(_ rule: Rule) {
        state.withLock { $0.rules.append((rule, 0)) }
    }

    /// Behaves from now on.
    package func heal() {
        state.withLock { $0.rules.removeAll() }
    }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        try await mutate(.put, key) { try await base.put(key, body) }
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        try await mutate(.putStream, key) { try await base.putStream(key, from: source) }
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        switch nextFault(.get, key) {
        case .fail(let error): throw error
        case .doneButFailed(let error), .cut(_, let error):
            _ = try await base.get(key, range: range)
            throw error
        case .truncated(let count): return Array(try await base.get(key, range: range).prefix(count))
        case .flipped(let offset):
            var bytes = try await base.get(key, range: range)
            if bytes.indices.contains(offset) { bytes[offset] ^= 1 }
            return bytes
        case .hang: try await Gate().pass()
        case .acknowledgedButLost, nil: break
        }
        return try await base.get(key, range: range)
    }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        switch nextFault(.getStream, key) {
        case .fail(let error): throw error
        case .cut(let count, let error):
            var rest = count
            try await base.getStream(key, from: offset) { piece in
                let part = piece.prefix(rest)
                rest -= part.count
                if !part.isEmpty { try await consume(Array(part)) }
                if rest == 0 { throw error }
            }
            throw error
        case .truncated(let count):
            var rest = count
            try await base.getStream(key, from: offset) { piece in
                let part = piece.prefix(rest)
                rest -= part.count
                if !part.isEmpty { try await consume(Array(part)) }
            }
            return
        case .doneButFailed(let error):
            try await base.getStream(key, from: offset, consume)
            throw error
        case .flipped(let target):
            var position = offset
            try await base.getStream(key, from: offset) { piece in
                var bytes = piece
                if bytes.indices.contains(target - position) { bytes[target - position] ^= 1 }
                position += bytes.count
                try await consume(bytes)
            }
            return
        case .hang: try await Gate().pass()
        case .acknowledgedButLost, nil: break
        }
        try await base.getStream(key, from: offset, consume)
    }

    package func stat(_ key: String) async throws -> ObjectInfo {
        try await mutate(.stat, key) {}
        return try await base.stat(key)
    }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        switch nextFault(.list, prefix) {
        case .fail(let error): throw error
        case .cut(let count, let error):
            var rest = count
            try await base.list(prefix: prefix) { page in
                if rest == 0 { throw error }
                rest -= 1
                try await consume(page)
            }
            throw error
        case .doneButFailed(let error):
            try await base.list(prefix: prefix, consume)
            throw error
        case .hang: try await Gate().pass()
        default: break
        }
        try await base.list(prefix: prefix, consume)
    }

    package func delete(_ key: String) async throws {
        try await mutate(.delete, key) { try await base.delete(key) }
    }

    package func createContainer() async throws {
        try await mutate(.createContainer, "") { try await base.createContainer() }
    }

    private func mutate(_ operation: StorageOperation, _ key: String, _ body: () async throws -> Void) async throws {
        switch nextFault(operation, key) {
        case .fail(let error), .cut(_, let error): throw error
        case .acknowledgedButLost: return
        case .doneButFailed(let error):
            try await body()
            throw error
        case .hang: try await Gate().pass()
        case .truncated, .flipped, nil: break
        }
        try await body()
    }

    private func nextFault(_ operation: StorageOperation, _ key: String) -> Fault? {
        state.withLock { state in
            state.callCount += 1
            for index in state.rules.indices {
                let rule = state.rules[index].rule
                guard rule.operations.contains(operation), rule.matchesKey(key) else { continue }
                state.rules[index].matches += 1
                let following = state.rules[index].matches - rule.skipped - 1
                guard following >= 0, following % rule.stride == 0, following / rule.stride < rule.hits else {
                    continue
                }
                state.hitCount += 1
                return rule.fault
            }
            return nil
        }
    }
}
