// SPDX-License-Identifier: Apache-2.0

package import Testing

/// Starts one S3 server for a whole suite; its tests find it in ``S3TestServer/current``.
package struct S3ServerTrait: SuiteTrait, TestTrait, TestScoping {
    let kind: S3TestServer.Kind

    @concurrent
    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await S3TestServer.withServer(kind) { server in
            try await S3TestServer.$current.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == S3ServerTrait {
    /// A server of that kind, running while the suite runs.
    package static func s3Server(_ kind: S3TestServer.Kind) -> S3ServerTrait { S3ServerTrait(kind: kind) }
}
