// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import TestSupport
import Testing

@Suite("RetryPolicy")
struct RetryPolicyTests {
    let policy = RetryPolicy()

    private func delay(_ failureCount: Int, jitter: Double, code: StorageError.Code = .unavailable) -> Duration? {
        let error = StorageError(code, "test")
        switch policy.decide(after: error, failureCount: failureCount, elapsed: .zero, jitter: jitter) {
        case .retry(let delay): return delay
        case .giveUp: return nil
        }
    }

    @Test("the bound doubles from 1 s up to 60 s")
    func growth() {
        let bounds = (1...9).map { delay($0, jitter: 1) }
        #expect(bounds == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { Duration.seconds($0) })
        #expect(delay(100_000, jitter: 1) == .seconds(60))
    }

    @Test("jitter spreads over the whole span", arguments: [0.0, 0.25, 0.5, 1.0, -3, 7])
    func jitter(_ jitter: Double) {
        #expect(delay(5, jitter: jitter) == .seconds(16) * min(1, max(0, jitter)))
    }

    @Test("only what may pass is retried", arguments: StorageError.Code.allCases)
    func permanent(_ code: StorageError.Code) {
        let isRetryable = [.throttled, .unavailable, .corrupt].contains(code)
        #expect((delay(1, jitter: 0.5, code: code) != nil) == isRetryable)
    }

    @Test("the total time ends the tries, but the first failure is always retried")
    func totalTime() {
        let error = StorageError(.unavailable, "test")
        func decide(_ failureCount: Int, _ elapsed: Duration) -> RetryPolicy.Decision {
            policy.decide(after: error, failureCount: failureCount, elapsed: elapsed, jitter: 1)
        }
        #expect(decide(1, .seconds(3600)) == .retry(after: .seconds(1)))
        #expect(decide(2, .seconds(898)) == .retry(after: .seconds(2)))
        #expect(decide(2, .seconds(899)) == .giveUp)
    }

    @Test("the store's own wish is granted, with jitter on top, unless it is absurd")
    func retryAfter() {
        func decide(_ seconds: Int, elapsed: Duration = .zero) -> RetryPolicy.Decision {
            let error = StorageError(.throttled, "test", retryAfter: .seconds(seconds))
            return policy.decide(after: error, failureCount: 2, elapsed: elapsed, jitter: 0.5)
        }
        #expect(decide(30) == .retry(after: .milliseconds(30_500)))
        #expect(decide(300) == .retry(after: .milliseconds(300_500)))
        #expect(decide(0) == .retry(after: .seconds(1)))
        #expect(decide(300, elapsed: .seconds(700)) == .giveUp)
        #expect(decide(1_000_000_000) == .giveUp)
    }

    @Test("answers that cannot be true are asked for again only a few times")
    func corrupt() {
        #expect(delay(4, jitter: 1, code: .corrupt) == .seconds(8))
        #expect(delay(5, jitter: 1, code: .corrupt) == nil)
    }

    @Test("never means never")
    func never() {
        let error = StorageError(.unavailable, "test")
        #expect(RetryPolicy.never.decide(after: error, failureCount: 1, elapsed: .zero, jitter: 0) == .giveUp)
    }
}
