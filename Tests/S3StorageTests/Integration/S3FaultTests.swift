// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import ObjectStorage
import S3Storage
import TestSupport
import Testing

/// A store whose requests pass a proxy that spoils them, retried as in the program but without its long pauses.
private struct SpoiledStore {
    let storage: RetryingStorage
    let bare: S3Storage
    let proxy: FaultProxy
    let retries: Shared<[StorageError.Code]>
}

@Suite("S3Storage with retries survives what networks and servers do", .tags(.integration), .s3Server(.rclone))
struct S3FaultTests {
    private func withSpoiledStore(
        stallTimeout: Duration = .seconds(30),
        _ change: (inout S3Configuration) -> Void = { _ in },
        _ body: (SpoiledStore) async throws -> Void
    ) async throws {
        let server = try S3TestServer.required()
        try await FaultProxy.with(upstreamPort: server.port) { proxy in
            var clientConfiguration = CurlHTTPClient.Configuration()
            clientConfiguration.proxy = .none
            clientConfiguration.stallTimeout = stallTimeout
            try await CurlHTTPClient.withClient(configuration: clientConfiguration) { client in
                let retries = Shared<[StorageError.Code]>([])
                let policy = RetryPolicy(
                    initialDelay: .milliseconds(10),
                    maximumDelay: .milliseconds(50),
                    totalTime: .seconds(60)
                )
                let retrier = Retrier(
                    policy: policy,
                    onRetry: { event in retries.change { $0.append(event.error.code) } }
                )
                var configuration = S3Configuration(
                    location: try S3Location(parsing: "s3:\(proxy.url)/\(S3TestServer.freshBucket())/repo")
                )
                change(&configuration)
                let bare = S3Storage(
                    configuration: configuration,
                    credentials: StaticCredentials(server.credentials),
                    client: client,
                    partRetrier: retrier
                )
                try await bare.createContainer()
                let storage = RetryingStorage(bare, retrier: retrier, streamBufferByteCount: 1 << 20)
                try await body(SpoiledStore(storage: storage, bare: bare, proxy: proxy, retries: retries))
            }
        }
    }

    /// Writes, reads, lists and deletes; everything must be as if nothing had happened.
    private func useEverything(_ storage: any ObjectStorage) async throws {
        for index in 0..<12 {
            try await storage.put("data/\(index)", ObjectBody(patternBytes(50_000 + index, seed: UInt64(index))))
        }
        for index in 0..<12 {
            let bytes = patternBytes(50_000 + index, seed: UInt64(index))
            #expect(try await storage.get("data/\(index)") == bytes)
            #expect(try await storage.get("data/\(index)", range: 100..<40_000) == Array(bytes[100..<40_000]))
            #expect(try await storage.stat("data/\(index)").byteCount == bytes.count)
            var streamed: [UInt8] = []
            try await storage.getStream("data/\(index)", from: 10) { streamed += $0 }
            #expect(streamed == Array(bytes[10...]))
        }
        #expect(try await storage.listAll(prefix: "data/").count == 12)
        for index in 0..<12 { try await storage.delete("data/\(index)") }
        #expect(try await storage.listAll(prefix: "data/").isEmpty)
    }

    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ("resets", FaultProxy.Fault.reset), ("resets while sending", .resetWhileSending(after: 1000)),
            ("throttling", .slowDown()),
            ("bad moments", .internalError), ("lost answers", .loseResponse),
            ("cut answers", .truncateResponse(after: 20_000)),
            ("slow answers", .slowResponse(pieceByteCount: 16_000, pause: .milliseconds(2))),
        ]
    )
    func survives(_ name: String, _ fault: FaultProxy.Fault) async throws {
        try await withSpoiledStore { store in
            let spoiled = Shared(0)
            store.proxy.setScript { request in
                guard request.number % 3 == 1 else { return .none }
                spoiled.change { $0 += 1 }
                return fault
            }
            try await useEverything(store.storage)
            #expect(spoiled.value > 10)
            // What a lost connection spoils may have been sent again by the HTTP client, if it had used the connection before.
            if ["throttling", "bad moments", "cut answers"].contains(name) { #expect(!store.retries.value.isEmpty) }
            #expect(store.retries.value.allSatisfy { $0 == .unavailable || $0 == .throttled })
        }
    }

    @Test(.timeLimit(.minutes(2))) func survivesABurstOfThrottling() async throws {
        try await withSpoiledStore { store in
            let start = store.proxy.requests.count
            store.proxy.setScript { $0.number < start + 6 ? .slowDown() : .none }
            try await store.storage.put("k", ObjectBody([1]))
            #expect(store.retries.value == Array(repeating: .throttled, count: 6))
        }
    }

    @Test(.timeLimit(.minutes(2))) func waitsAsLongAsTheServerAsks() async throws {
        try await withSpoiledStore { store in
            store.proxy.setScript { _ in .slowDown(retryAfter: 7) }
            do {
                try await store.bare.put("k", ObjectBody([1]))
                Issue.record("accepted")
            } catch let error as StorageError {
                #expect(error.code == .throttled)
                #expect(error.retryAfter == .seconds(7))
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func givesUpOnAServerThatHangs() async throws {
        try await withSpoiledStore(stallTimeout: .seconds(1)) { store in
            try await store.storage.put("k", ObjectBody(patternBytes(1000)))
            let start = store.proxy.requests.count
            store.proxy.setScript { $0.number == start ? .hang : .none }
            #expect(try await store.storage.get("k") == patternBytes(1000))
            #expect(store.retries.value == [.unavailable])
        }
    }

    @Test(.timeLimit(.minutes(2))) func aPutThatWasStoredButFailedIsRepeated() async throws {
        try await withSpoiledStore { store in
            let start = store.proxy.requests.count
            store.proxy.setScript { $0.number == start ? .loseResponse : .none }
            try await store.storage.put("k", ObjectBody(patternBytes(1000)))
            #expect(store.proxy.requests.count == start + 2)
            #expect(try await store.storage.get("k") == patternBytes(1000))
            #expect(try await store.storage.listAll(prefix: "").count == 1)
        }
    }

    @Test(.timeLimit(.minutes(2))) func aStreamGoesOnWhereItWasCut() async throws {
        try await withSpoiledStore { store in
            let bytes = patternBytes(3 << 20)
            try await store.storage.put("k", ObjectBody(bytes))
            let start = store.proxy.requests.count
            store.proxy.setScript { $0.number == start ? .truncateResponse(after: 2 << 20) : .none }
            var received: [UInt8] = []
            try await store.storage.getStream("k", from: 0) { received += $0 }
            #expect(received == bytes)
            let ranges = store.proxy.requests.dropFirst(start).map { $0.headers.first { $0.name == "Range" }?.value }
            #expect(ranges.count == 2)
            #expect(ranges.last != nil, "the second request asks for the rest only")
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [2, 3])
    func everyRequestOfAnUploadInPartsMayFail(every count: Int) async throws {
        try await withSpoiledStore {
            $0.multipart.streamPartByteCount = 5 << 20
            $0.multipart.concurrency = 1
        } _: { store in
            let start = store.proxy.requests.count
            store.proxy.setScript { ($0.number - start) % count == 0 ? .loseResponse : .none }
            let bytes = patternBytes(12 << 20)
            let pieces = Shared([Array(bytes[..<(7 << 20)]), Array(bytes[(7 << 20)...])][...])
            try await store.storage.putStream("k") { pieces.change { $0.popFirst() } }
            #expect(store.proxy.requests.count > start + 5)
            store.proxy.setScript { _ in .none }
            #expect(try await store.bare.get("k") == bytes)
        }
    }

    @Test(.timeLimit(.minutes(2))) func permanentFailuresAreNotRepeated() async throws {
        try await withSpoiledStore { store in
            let start = store.proxy.requests.count
            store.proxy.setScript { _ in .respond(status: 403, body: "<Error><Code>AccessDenied</Code></Error>") }
            await #expect(throws: StorageError.self) { try await store.storage.put("k", ObjectBody([1])) }
            await #expect(throws: StorageError.self) { try await store.storage.get("k") }
            await #expect(throws: StorageError.self) { try await store.storage.delete("k") }
            #expect(store.proxy.requests.count == start + 3)
            #expect(store.retries.value.isEmpty)
        }
    }
}
