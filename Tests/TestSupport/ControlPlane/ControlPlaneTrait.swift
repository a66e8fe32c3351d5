// SPDX-License-Identifier: Apache-2.0

package import Testing

/// Starts one control plane for a whole suite; its tests find it in ``ControlPlane/current``.
///
/// Starting takes about five seconds. Tests of one suite share it, so each uses names of its own.
package struct ControlPlaneTrait: SuiteTrait, TestTrait, TestScoping {
    let flags: [String]

    @concurrent
    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await ControlPlane.withControlPlane(flags: flags) { plane in
            try await ControlPlane.$current.withValue(plane) { try await function() }
        }
    }
}

extension Trait where Self == ControlPlaneTrait {
    /// A control plane that runs while the suite runs.
    package static var controlPlane: ControlPlaneTrait { ControlPlaneTrait(flags: []) }

    /// One whose API server has more flags, such as `--watch-cache=false`.
    package static func controlPlane(flags: [String]) -> ControlPlaneTrait { ControlPlaneTrait(flags: flags) }
}
