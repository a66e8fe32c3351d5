// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import KubeClient
import KubeModel
import KubeRuntime
import TestSupport
import Testing

@Suite("Leader election", .timeLimit(.minutes(1)))
struct LeaderElectionTests {
    typealias Answer = ScriptedHTTPClient.Answer

    /// A server that keeps one lease, with optimistic locking, and can be made to fail.
    private final class LeaseServer: Sendable {
        let lease = Shared<Lease?>(nil)
        let isDown = Shared(false)

        func answer(_ request: HTTPRequest) throws -> Answer {
            if isDown.value { throw HTTPError(.connect, "down") }
            guard request.method != "GET" else {
                return lease.value.map { Answer(200, JSONText.string(of: $0.object.json)) } ?? Answer(404, "")
            }
            guard let object = KubeObject(json: try JSONText.parse(request.bodyText)) else { return Answer(400, "") }
            let isTaken = lease.change { lease in
                guard lease?.metadata.resourceVersion == object.metadata.resourceVersion else { return false }
                var new = Lease(object: object)
                new.metadata.resourceVersion = String((lease?.metadata.resourceVersion.flatMap { Int($0) } ?? 0) + 1)
                lease = new
                return true
            }
            return isTaken ? Answer(200, request.bodyText) : Answer(409, "")
        }
    }

    private func election(_ identity: String, _ server: LeaseServer, _ clock: ManualClock) -> LeaderElection {
        let http = ScriptedHTTPClient { request, _ in try server.answer(request) }
        let client = KubeClient(ClusterConfiguration(server: "https://k"), http: http, clock: clock)
        return LeaderElection(
            client: client,
            key: ObjectKey(namespace: "velero", name: "l"),
            identity: identity,
            clock: clock,
            now: { KubeTime(seconds: clock.now.sinceStart.components.seconds) }
        )
    }

    @Test("the lease is held while the body runs, and given back")
    func holds() async throws {
        let server = LeaseServer()
        let holder = try await election("me", server, ManualClock()).run { server.lease.value?.holder }
        #expect(holder == "me")
        #expect(server.lease.value != nil)
        #expect(server.lease.value?.holder == nil)
    }

    @Test("a body that fails gives the lease back too")
    func fails() async throws {
        struct Trouble: Error {}
        let server = LeaseServer()
        await #expect(throws: Trouble.self) { try await election("me", server, ManualClock()).run { throw Trouble() } }
        #expect(server.lease.value?.holder == nil)
    }

    @Test("when it cannot be renewed the body is cancelled before others may take the lease")
    func lost() async throws {
        let server = LeaseServer()
        let clock = ManualClock()
        let begun = Gate()
        let never = Gate()
        let cancelledAt = Shared<Duration?>(nil)
        let election = election("me", server, clock)
        let run = Task {
            try await election.run {
                begun.open()
                do {
                    try await never.pass()
                } catch {
                    cancelledAt.change { $0 = clock.now.sinceStart }
                    throw error
                }
            }
        }
        try await begun.pass()
        server.isDown.change { $0 = true }
        while cancelledAt.value == nil {
            await clock.waitForSleepers()
            if cancelledAt.value != nil { break }
            clock.advance(by: .milliseconds(500))
        }
        server.isDown.change { $0 = false }
        await #expect(throws: LeadershipLost.self) { try await run.value }
        #expect(try #require(cancelledAt.value) < .seconds(15))
    }
}
