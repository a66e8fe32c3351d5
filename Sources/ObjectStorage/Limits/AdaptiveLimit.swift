// SPDX-License-Identifier: Apache-2.0

/// How many requests to have in flight at a store that may ask for fewer: additive increase, multiplicative decrease.
///
/// Each request that is throttled halves the limit, but only once for all requests that were in flight together; a limit's worth
/// of successes raises it by one again.
package struct AdaptiveLimit: Sendable, Equatable {
    /// Identifies the time between two decreases, to tell which requests began before the last one.
    package struct Epoch: Sendable, Equatable {
        fileprivate var number = 0
    }

    package let minimum: Int
    package let maximum: Int
    /// Requests allowed in flight now.
    package private(set) var current: Int
    /// To be remembered by a request when it begins.
    package private(set) var epoch = Epoch()
    private var successCount = 0

    /// - Precondition: 1 ≤ `minimum` ≤ `maximum`.
    package init(minimum: Int = 1, maximum: Int) {
        precondition(minimum >= 1 && minimum <= maximum, "an adaptive limit needs 1 ≤ minimum ≤ maximum")
        self.minimum = minimum
        self.maximum = maximum
        current = maximum
    }

    /// A request that began in `epoch` was throttled.
    package mutating func throttled(begunIn epoch: Epoch) {
        guard epoch == self.epoch else { return }
        current = max(minimum, current / 2)
        self.epoch.number += 1
        successCount = 0
    }

    /// A request succeeded.
    package mutating func succeeded() {
        guard current < maximum else { return }
        successCount += 1
        guard successCount >= current else { return }
        successCount = 0
        current += 1
    }
}
