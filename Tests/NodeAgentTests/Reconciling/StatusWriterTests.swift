// SPDX-License-Identifier: Apache-2.0

import KubeClient
import KubeModel
import Logging
import TestSupport
import Testing
import VeleroAPI

@testable import NodeAgent

@Suite(.timeLimit(.minutes(1)))
struct StatusWriterTests {
    @Test func `rights that stay away are waited for, but not for ever`() async throws {
        let http = ScriptedHTTPClient(.init(403, #"{"kind": "Status", "status": "Failure", "code": 403}"#))
        let configuration = ClusterConfiguration(server: "http://none", credentials: FixedCredentials(token: "t"))
        let clock = ManualClock(jumps: true)
        let writer = StatusWriter<PodVolumeBackup>(client: KubeClient(configuration, http: http), clock: clock)
        var resource = PodVolumeBackup(name: "b", namespace: "velero")
        resource.metadata.uid = "u1"
        let known = resource
        let error = await #expect(throws: KubeError.self) {
            let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            _ = try await writer.writeEnd(known, log) { $0.phase = .completed }
        }
        #expect(error?.isOfRights == true)
        #expect(http.requests.count > 5, "\(http.requests.count)")
    }
}
