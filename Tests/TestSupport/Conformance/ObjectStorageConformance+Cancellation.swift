// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import ObjectStorage

extension ObjectStorageConformance {
    func cancelledCallsTouchNothing() async throws {
        let storage = storage
        try await storage.put("kept", ObjectBody([1, 2, 3]))
        try await requireCancelled("put") { try await storage.put("new", ObjectBody(patternBytes(1 << 20))) }
        try await requireCancelled("put over") { try await storage.put("kept", ObjectBody([9])) }
        try await requireCancelled("putStream") { try await storage.putStream("new") { nil } }
        try await requireCancelled("get") { _ = try await storage.get("kept") }
        try await requireCancelled("get range") { _ = try await storage.get("kept", range: 0..<1) }
        try await requireCancelled("getStream") { try await storage.getStream("kept", from: 0) { _ in } }
        try await requireCancelled("stat") { _ = try await storage.stat("kept") }
        try await requireCancelled("list") { try await storage.list(prefix: "") { _ in } }
        try await requireCancelled("delete") { try await storage.delete("kept") }
        try require(try await storage.listAll(prefix: "") == [ObjectInfo(key: "kept", byteCount: 3)], "nothing changed")
        try require(try await storage.get("kept") == [1, 2, 3], "the object is as it was")
    }

    func cancelledStreamLeavesNothing() async throws {
        let storage = storage
        let reached = BoundedChannel<Void>(capacity: 1)
        let never = BoundedChannel<[UInt8]>(capacity: 1)
        let outcome = await withTaskGroup(of: Result<Void, any Error>.self) { group in
            group.addTask {
                let first = BoundedChannel<[UInt8]>(capacity: 1)
                do {
                    _ = try first.trySend(patternBytes(6 << 20))
                    first.finish()
                    try await storage.putStream("new") {
                        if let piece = try await first.receive() { return piece }
                        _ = try reached.trySend(())
                        return try await never.receive()
                    }
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            _ = try? await reached.receive()
            group.cancelAll()
            return await group.next()
        }
        guard case .failure(let error) = outcome, error is CancellationError else {
            throw ConformanceFailure(
                "a cancelled putStream throws CancellationError, got \(String(describing: outcome))"
            )
        }
        try require(try await storage.listAll(prefix: "").isEmpty, "a cancelled stream leaves nothing visible")
    }

    /// Runs `body` in a task that is cancelled before it starts.
    private func requireCancelled(_ what: String, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let outcome = await withTaskGroup(of: Result<Void, any Error>.self) { group in
            group.cancelAll()
            group.addTask {
                do { return .success(try await body()) } catch { return .failure(error) }
            }
            return await group.next()
        }
        switch outcome {
        case .failure(let error) where error is CancellationError: return
        case .failure(let error):
            throw ConformanceFailure("\(what) in a cancelled task throws CancellationError, got \(error)")
        default: throw ConformanceFailure("\(what) in a cancelled task must not succeed")
        }
    }

    func containerMayExist() async throws {
        try await storage.put("object", ObjectBody([1]))
        try await storage.createContainer()
        try require(try await storage.get("object") == [1], "createContainer() keeps what is there")
        try require(try await keys() == ["object"], "createContainer() makes no objects")
    }
}
