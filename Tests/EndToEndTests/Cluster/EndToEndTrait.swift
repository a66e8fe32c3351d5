// SPDX-License-Identifier: Apache-2.0

import Testing

/// Installs this project once for everything in a suite.
struct EndToEndTrait: SuiteTrait, TestScoping {
    @concurrent
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await EndToEndCluster.withInstallation { cluster in
            try await EndToEndCluster.$current.withValue(cluster) { try await function() }
        }
    }
}

extension Trait where Self == EndToEndTrait {
    /// The cluster that `KUBECONFIG` names, with this project installed while the suite runs.
    static var cluster: EndToEndTrait { EndToEndTrait() }
}

/// Everything that needs a real kubelet.
///
/// One test at a time: they share a node.
@Suite("End to end", .cluster, .serialized, .timeLimit(.minutes(10)))
enum EndToEnd {}
