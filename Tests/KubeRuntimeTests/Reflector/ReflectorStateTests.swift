// SPDX-License-Identifier: Apache-2.0

import KubeClient
import Testing

@testable import KubeRuntime

@Suite("What a reflector does next")
struct ReflectorStateTests {
    @Test("it lists, watches from there, and resumes where events or bookmarks left it")
    func resume() {
        var state = ReflectorState()
        #expect(state.action == .list)
        state.listed(resourceVersion: "5")
        #expect(state.action == .watch(resourceVersion: "5"))
        state.advanced(to: "9")
        #expect(state.watchEnded(lifetime: .seconds(300), broughtNews: true, jitter: 1) == .zero)
        #expect(state.action == .watch(resourceVersion: "9"))
    }

    @Test("a version no longer kept makes it list at once, but not over and over")
    func expired() {
        var state = ReflectorState()
        state.listed(resourceVersion: "5")
        #expect(state.watchFailed(.expired, isRefusal: true, jitter: 1) == .zero)
        #expect(state.action == .list)
        _ = state.listFailed(jitter: 1)
        #expect(state.watchFailed(.expired, isRefusal: true, jitter: 1) > .seconds(1))
    }

    @Test("failures wait longer each time, up to a bound, and success forgets them")
    func backoff() {
        var state = ReflectorState()
        let pauses = (0..<8).map { _ in state.listFailed(jitter: 1) }
        #expect(pauses.prefix(3) == [.milliseconds(800), .milliseconds(1600), .milliseconds(3200)])
        #expect(pauses.last == .seconds(30))
        state.listed(resourceVersion: "1")
        #expect(state.watchFailed(.network, isRefusal: false, jitter: 0) == .milliseconds(400))
        #expect(state.action == .watch(resourceVersion: "1"))
    }

    @Test("a connection that fails does not cost the place; a server that refuses it again and again does")
    func refusals() {
        var state = ReflectorState()
        state.listed(resourceVersion: "5")
        for _ in 0..<10 { _ = state.watchFailed(.network, isRefusal: false, jitter: 0) }
        #expect(state.action == .watch(resourceVersion: "5"))
        for _ in 0..<3 { _ = state.watchFailed(.unavailable, isRefusal: true, jitter: 0) }
        #expect(state.action == .list)
    }

    @Test("a watch that ends at once without news is no success")
    func shortWatches() {
        var state = ReflectorState()
        state.listed(resourceVersion: "5")
        #expect(state.watchEnded(lifetime: .milliseconds(1), broughtNews: false, jitter: 1) == .milliseconds(800))
        #expect(state.watchEnded(lifetime: .milliseconds(1), broughtNews: false, jitter: 1) == .milliseconds(1600))
        #expect(state.watchEnded(lifetime: .milliseconds(1), broughtNews: true, jitter: 1) == .zero)
    }
}
