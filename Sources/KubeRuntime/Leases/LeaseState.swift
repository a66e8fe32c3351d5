// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// How long leases last and how often they are renewed.
package struct LeaseTiming: Sendable, Hashable {
    /// How long others wait after the last renewal before they take the lease.
    package var duration: Duration
    /// How long the holder tries to renew before it gives the lease up; less than ``duration``.
    package var renewDeadline: Duration
    /// Between two attempts to take or renew; less than ``renewDeadline``.
    package var retryPeriod: Duration

    package init(
        duration: Duration = .seconds(15),
        renewDeadline: Duration = .seconds(10),
        retryPeriod: Duration = .seconds(2)
    ) {
        precondition(duration > renewDeadline && renewDeadline > retryPeriod, "a lease must outlast its renewal")
        self.duration = duration
        self.renewDeadline = renewDeadline
        self.retryPeriod = retryPeriod
    }
}

/// Decides when a lease may be taken, must be renewed, and is lost.
///
/// Others' clocks are not trusted: a lease has ended when it was not seen to change for its duration by the own clock.
struct LeaseState: Sendable {
    enum Action: Equatable {
        case create(Lease)
        case replace(Lease)
        /// Somebody else holds it.
        case wait
    }

    let identity: String
    let timing: LeaseTiming

    /// The lease as last seen, and when it was first seen so.
    private var seen: (spec: JSONValue?, moment: Duration)?
    private(set) var renewedAt: Duration?

    init(identity: String, timing: LeaseTiming) {
        self.identity = identity
        self.timing = timing
    }

    /// Whether the lease is held, as far as is known.
    func holds(now: Duration) -> Bool { renewedAt.map { now - $0 < timing.renewDeadline } ?? false }

    /// - Parameters:
    ///   - lease: As the server has it; nil if it does not exist.
    ///   - now: By the own clock.
    ///   - time: For others to read.
    mutating func decide(_ lease: Lease?, key: ObjectKey, now: Duration, time: KubeTime) -> Action {
        guard var lease else {
            var lease = Lease(name: key.name, namespace: key.namespace)
            take(&lease, time, isNew: true)
            return .create(lease)
        }
        if seen == nil || seen?.spec != lease["spec"] { seen = (lease["spec"], now) }
        let isOwn = lease.holder == identity
        if !isOwn, lease.holder != nil, let seen, now - seen.moment < lease.duration ?? timing.duration { return .wait }
        take(&lease, time, isNew: !isOwn)
        return .replace(lease)
    }

    /// The server accepted what was decided at `moment`.
    mutating func accepted(at moment: Duration) { renewedAt = moment }

    /// The lease as it is given back; nil if somebody else holds it.
    func released(_ lease: Lease, time: KubeTime) -> Lease? {
        guard lease.holder == identity else { return nil }
        var lease = lease
        lease.holder = nil
        lease.duration = .seconds(1)
        lease.renewTime = time
        return lease
    }

    private func take(_ lease: inout Lease, _ time: KubeTime, isNew: Bool) {
        if isNew {
            if lease.object.metadata.resourceVersion != nil { lease.transitionCount += 1 }
            lease.holder = identity
            lease.acquireTime = time
        }
        lease.duration = timing.duration
        lease.renewTime = time
    }
}
