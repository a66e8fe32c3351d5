// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import NodeAgent

@Suite struct StallWatchTests {
    private func watch() -> StallWatch { StallWatch(patience: .seconds(600), stopPatience: .seconds(20)) }

    @Test func `a call that does not return is given up after the patience, counted from when anything last came on`() {
        var watch = watch()
        let early = watch.isLost(at: .seconds(0), activity: 1, blocked: .zero, isStopped: false)
        let came = watch.isLost(at: .seconds(100), activity: 2, blocked: .seconds(100), isStopped: false)
        let soon = watch.isLost(at: .seconds(699), activity: 2, blocked: .seconds(699), isStopped: false)
        #expect(!early && !came && !soon)
        let late = watch.isLost(at: .seconds(700), activity: 2, blocked: .seconds(700), isStopped: false)
        #expect(late)
    }

    @Test func `a move that waits for something else is not stuck, nor is one that comes on`() {
        var waiting = watch()
        for second in stride(from: 0, to: 3000, by: 5) {
            // Such as for a lock, or for a store that is throttled: no thread is in a call.
            let isLost = waiting.isLost(at: .seconds(second), activity: 1, blocked: .zero, isStopped: false)
            #expect(!isLost)
        }
        var busy = watch()
        for second in stride(from: 0, to: 3000, by: 5) {
            let isLost = busy.isLost(
                at: .seconds(second),
                activity: second,
                blocked: .seconds(second),
                isStopped: false
            )
            #expect(!isLost)
        }
    }

    @Test func `once told to stop it is given up much sooner, if it is stuck`() {
        var watch = watch()
        let told = watch.isLost(at: .seconds(50), activity: 1, blocked: .seconds(50), isStopped: true)
        let soon = watch.isLost(at: .seconds(69), activity: 1, blocked: .seconds(69), isStopped: true)
        let ending = watch.isLost(at: .seconds(75), activity: 1, blocked: .seconds(1), isStopped: true)
        #expect(!told && !soon && !ending)
        let late = watch.isLost(at: .seconds(80), activity: 1, blocked: .seconds(80), isStopped: true)
        #expect(late)
    }
}
