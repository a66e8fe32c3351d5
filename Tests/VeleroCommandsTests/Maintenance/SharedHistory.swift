// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Makes one repository with a history for a whole suite, for tests that work on copies of it.
struct SharedHistoryTrait: SuiteTrait, TestTrait, TestScoping {
    @TaskLocal private static var shared: Workbench?

    /// A bench whose repository is a copy of the suite's.
    static func makeBench() throws -> Workbench {
        let shared = try #require(Self.shared, "give the suite the trait .sharedHistory")
        let bench = try Workbench(usesCache: false)
        try requireProgram("cp").run(["-a", shared.location("history"), bench.location("repo")])
        return bench
    }

    @concurrent
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let bench = try Workbench.withSmallSource(usesCache: false)
        try await bench.makeHistory("history")
        try await Self.$shared.withValue(bench) { try await function() }
    }
}

extension Trait where Self == SharedHistoryTrait {
    /// A repository with three snapshots; see ``SharedHistoryTrait/makeBench()``.
    static var sharedHistory: SharedHistoryTrait { SharedHistoryTrait() }
}
