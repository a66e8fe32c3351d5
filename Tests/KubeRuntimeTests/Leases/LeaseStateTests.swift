// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import KubeRuntime

@Suite("Who holds a lease")
struct LeaseStateTests {
    private let key = ObjectKey(namespace: "velero", name: "l")
    private let time = KubeTime(seconds: 1000)

    private func lease(of holder: String?, renewed: Int64) -> Lease {
        var lease = Lease(name: "l", namespace: "velero")
        lease.metadata.resourceVersion = "1"
        lease.holder = holder
        lease.duration = .seconds(15)
        lease.renewTime = KubeTime(seconds: renewed)
        return lease
    }

    @Test("a lease that does not exist is created")
    func creates() throws {
        var state = LeaseState(identity: "me", timing: LeaseTiming())
        guard case .create(let lease) = state.decide(nil, key: key, now: .zero, time: time) else {
            Issue.record("not created")
            return
        }
        #expect(lease.holder == "me" && lease.key == key && lease.duration == .seconds(15) && lease.renewTime == time)
        #expect(lease.transitionCount == 0)
    }

    @Test("another's lease is taken when it was not seen to change for its duration, whatever its times say")
    func takesOver() {
        var state = LeaseState(identity: "me", timing: LeaseTiming())
        // By the holder's own clock it ended long ago.
        #expect(state.decide(lease(of: "other", renewed: 1), key: key, now: .zero, time: time) == .wait)
        #expect(state.decide(lease(of: "other", renewed: 2), key: key, now: .seconds(14), time: time) == .wait)
        #expect(state.decide(lease(of: "other", renewed: 2), key: key, now: .seconds(28), time: time) == .wait)
        guard
            case .replace(let taken) = state.decide(
                lease(of: "other", renewed: 2),
                key: key,
                now: .seconds(29),
                time: time
            )
        else {
            Issue.record("not taken")
            return
        }
        #expect(taken.holder == "me" && taken.transitionCount == 1 && taken.acquireTime == time)
        #expect(taken.metadata.resourceVersion == "1")
    }

    @Test("a lease nobody holds is taken at once; the own one renewed without a transition")
    func takesFree() {
        var state = LeaseState(identity: "me", timing: LeaseTiming())
        guard case .replace(let taken) = state.decide(lease(of: nil, renewed: 1), key: key, now: .zero, time: time)
        else {
            Issue.record("not taken")
            return
        }
        guard
            case .replace(let renewed) = state.decide(
                taken,
                key: key,
                now: .seconds(2),
                time: time.advanced(by: .seconds(2))
            )
        else {
            Issue.record("not renewed")
            return
        }
        #expect(renewed.transitionCount == taken.transitionCount && renewed.acquireTime == taken.acquireTime)
        #expect(renewed.renewTime == time.advanced(by: .seconds(2)))
    }

    @Test("it counts as held until the deadline after the last renewal")
    func holding() {
        var state = LeaseState(identity: "me", timing: LeaseTiming())
        #expect(!state.holds(now: .zero))
        state.accepted(at: .seconds(1))
        #expect(state.holds(now: .seconds(10)))
        #expect(!state.holds(now: .seconds(11)))
    }

    @Test("only the own lease is given back")
    func release() {
        let state = LeaseState(identity: "me", timing: LeaseTiming())
        #expect(state.released(lease(of: "other", renewed: 1), time: time) == nil)
        #expect(state.released(lease(of: "me", renewed: 1), time: time)?.holder == nil)
        #expect(state.released(lease(of: "me", renewed: 1), time: time) != nil)
    }
}
