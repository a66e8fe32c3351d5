// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KubeClient

@Suite("Rate of requests")
struct TokenBucketTests {
    @Test("a burst passes at once, then requests pass at the rate, and a pause refills")
    func rate() {
        var bucket = TokenBucket(rate: 10, burst: 3)
        let waits = (0..<5).map { _ in bucket.reserve(now: .zero) }
        #expect(waits == [.zero, .zero, .zero, .milliseconds(100), .milliseconds(200)])
        #expect(bucket.reserve(now: .milliseconds(300)) == .zero)
        #expect(bucket.reserve(now: .seconds(60)) == .zero)
        #expect(bucket.reserve(now: .seconds(60)) == .zero)
        #expect(bucket.reserve(now: .seconds(60)) == .zero)
        #expect(bucket.reserve(now: .seconds(60)) == .milliseconds(100))
    }

    @Test("a hold stops everyone for its time, then lets one after the other through")
    func hold() {
        var bucket = TokenBucket(rate: 10, burst: 3)
        bucket.hold(.seconds(2), now: .seconds(1))
        #expect(bucket.reserve(now: .seconds(1)) == .seconds(2))
        #expect(bucket.reserve(now: .seconds(1)) == .milliseconds(2100))
        #expect(bucket.reserve(now: .milliseconds(3200)) == .zero)
    }
}
