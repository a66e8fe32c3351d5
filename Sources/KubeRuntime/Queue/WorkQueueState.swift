// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives

/// Which keys wait for work: each at most once, never by two workers at a time, failed ones after a growing pause.
///
/// Decides only; moments are durations since some beginning.
struct WorkQueueState<Key: Hashable & Sendable>: Sendable {
    enum Taken: Equatable {
        case key(Key)
        /// Nothing now; the next delayed key is due then, if there is one.
        case nothing(nextDue: Duration?)
        case ended
    }

    private let firstPause: Duration
    private let longestPause: Duration

    private var ready = FIFOQueue<Key>()
    private var queued: Set<Key> = []
    private var processing: Set<Key> = []
    /// Added while being processed: once more afterwards.
    private var again: Set<Key> = []
    private var due: [Key: Duration] = [:]
    private var failureCounts: [Key: Int] = [:]
    private var isShutDown = false

    init(firstPause: Duration, longestPause: Duration) {
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// Keys that are ready, delayed or being processed.
    var count: Int { queued.count + due.count + processing.count }
    var readyCount: Int { queued.count }
    var processingCount: Int { processing.count }

    /// Adds a key, unless it waits already.
    mutating func add(_ key: Key) {
        guard !isShutDown else { return }
        due[key] = nil
        if processing.contains(key) {
            again.insert(key)
        } else if queued.insert(key).inserted {
            ready.append(key)
        }
    }

    /// Adds a key at a later moment; of several moments the first counts.
    mutating func add(_ key: Key, at moment: Duration) {
        guard !isShutDown, !queued.contains(key), !again.contains(key) else { return }
        due[key] = min(due[key] ?? moment, moment)
    }

    /// Adds a key whose processing failed, after a pause that doubles with each failure.
    ///
    /// - Parameter jitter: 0 ... 1.
    mutating func addFailed(_ key: Key, now: Duration, jitter: Double) {
        let failureCount = failureCounts[key, default: 0] + 1
        failureCounts[key] = failureCount
        var pause = firstPause
        for _ in 1..<min(failureCount, 40) where pause < longestPause { pause *= 2 }
        add(key, at: now + min(pause, longestPause) * (0.5 + jitter / 2))
    }

    /// How often the key failed since it last succeeded.
    func failureCount(_ key: Key) -> Int { failureCounts[key] ?? 0 }

    /// Forgets failures of a key.
    mutating func forgetFailures(_ key: Key) { failureCounts[key] = nil }

    /// Takes the key that waits longest; ``done(_:)`` must follow.
    mutating func take(now: Duration) -> Taken {
        promote(now)
        if let key = ready.popFirst() {
            queued.remove(key)
            processing.insert(key)
            return .key(key)
        }
        if isShutDown { return .ended }
        // A key that is due while being processed comes when that ends, not at a moment.
        return .nothing(nextDue: due.filter { !processing.contains($0.key) }.values.min())
    }

    /// Ends the processing of a key.
    mutating func done(_ key: Key) {
        processing.remove(key)
        guard again.remove(key) != nil, !isShutDown else { return }
        due[key] = nil
        if queued.insert(key).inserted { ready.append(key) }
    }

    /// Hands out nothing more: what waits is dropped, what is being processed may end.
    mutating func shutDown() {
        isShutDown = true
        ready.removeAll()
        queued = []
        again = []
        due = [:]
    }

    private mutating func promote(_ now: Duration) {
        guard !due.isEmpty else { return }
        for (key, _) in due.filter({ $0.value <= now && !processing.contains($0.key) }).sorted(by: {
            $0.value < $1.value
        }) {
            add(key)
        }
    }
}
