// SPDX-License-Identifier: Apache-2.0

import S3Storage
import Synchronization
import TestSupport
import Testing

@Suite struct CachedCredentialsTests {
    /// Hands out numbered credentials that last an hour, or fails.
    private final class Source: CredentialsProvider {
        struct State {
            var now: Int64 = 0
            var callCount = 0
            var fails = false
            var lifetime: Int64? = 3600
        }

        let state = Mutex(State())
        let gate: Gate?

        init(gate: Gate? = nil) {
            self.gate = gate
        }

        func credentials() async throws -> AWSCredentials? {
            try await gate?.pass()
            return try state.withLock { state in
                state.callCount += 1
                if state.fails { throw CredentialsError(.unavailable, "no answer") }
                return AWSCredentials(
                    accessKeyID: "ID\(state.callCount)",
                    secretAccessKey: "S",
                    expiration: state.lifetime.map { UTCTime(secondsSinceEpoch: state.now + $0) }
                )
            }
        }

        var callCount: Int { state.withLock { $0.callCount } }

        func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
    }

    private func cached(_ source: Source) -> CachedCredentials {
        CachedCredentials(source, wallClock: { UTCTime(secondsSinceEpoch: source.state.withLock { $0.now }) })
    }

    @Test func keepsThemUntilFiveMinutesBeforeTheyExpire() async throws {
        let source = Source()
        let cache = cached(source)
        #expect(try await cache.credentials()?.accessKeyID == "ID1")
        source.set { $0.now = 3299 }
        #expect(try await cache.credentials()?.accessKeyID == "ID1")
        source.set { $0.now = 3300 }
        #expect(try await cache.credentials()?.accessKeyID == "ID2")
        #expect(source.callCount == 2)
    }

    @Test func keepsLastingOnesForGood() async throws {
        let source = Source()
        source.set { $0.lifetime = nil }
        let cache = cached(source)
        _ = try await cache.credentials()
        source.set { $0.now = 1 << 40 }
        #expect(try await cache.credentials()?.accessKeyID == "ID1")
    }

    @Test func usesOldOnesOnWhileTheyLastWhenRenewalFails() async throws {
        let source = Source()
        let cache = cached(source)
        _ = try await cache.credentials()
        source.set {
            $0.now = 3400; $0.fails = true
        }
        #expect(try await cache.credentials()?.accessKeyID == "ID1")
        #expect(try await cache.credentials()?.accessKeyID == "ID1")
        #expect(source.callCount == 2, "the failing source is left alone for a while")
        source.set { $0.now = 3431 }
        #expect(try await cache.credentials()?.accessKeyID == "ID1")
        #expect(source.callCount == 3)
        source.set { $0.now = 3600 }
        await #expect(throws: CredentialsError.self) { try await cache.credentials() }
        source.set { $0.fails = false }
        #expect(try await cache.credentials()?.accessKeyID == "ID5")
    }

    @Test func refusedOnesAreReplaced() async throws {
        let source = Source()
        let cache = cached(source)
        let first = try #require(try await cache.credentials())
        await cache.invalidate(first)
        #expect(try await cache.credentials()?.accessKeyID == "ID2")
        await cache.invalidate(first)
        #expect(try await cache.credentials()?.accessKeyID == "ID2", "older ones no longer matter")
    }

    @Test(.timeLimit(.minutes(1))) func manyAskersMakeOneRequest() async throws {
        let gate = Gate()
        let source = Source(gate: gate)
        let cache = cached(source)
        let ids = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<20 { group.addTask { try await cache.credentials()?.accessKeyID } }
            group.addTask {
                gate.open()
                return nil
            }
            return try await group.reduce(into: Set<String>()) { if let id = $1 { $0.insert(id) } }
        }
        #expect(ids == ["ID1"])
        #expect(source.callCount == 1)
    }
}
