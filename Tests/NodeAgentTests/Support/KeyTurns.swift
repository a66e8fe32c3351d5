// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives

/// Lets one caller after the other through.
struct KeyTurns: Sendable {
    private let semaphore = AsyncSemaphore(limit: 1)

    func withTurn<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        try await semaphore.wait()
        defer { semaphore.signal() }
        return try await body()
    }
}
