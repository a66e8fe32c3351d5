// SPDX-License-Identifier: Apache-2.0

/// Runs `body` for every item, at most `limit` at once; the first error cancels the rest.
func forEachBounded<Item: Sendable>(
    _ items: some Sequence<Item>,
    limit: Int,
    _ body: @escaping @Sendable (Item) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        var running = 0
        for item in items {
            if running >= limit {
                try await group.next()
                running -= 1
            }
            group.addTask { try await body(item) }
            running += 1
        }
        try await group.waitForAll()
    }
}
