// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeClient
import KubeModel
import TestSupport

extension EndToEndCluster {
    /// Tells the agents how many volumes they may move at once, and waits until they know.
    func setConcurrency(_ count: Int) async throws {
        try await kubectl(
            "apply",
            "-f",
            "-",
            input: """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: node-agent-config, namespace: \(Self.namespace)}
                data: {node-agent-config.json: '{"loadConcurrency": {"globalConfig": \(count)}}'}
                """
        )
        try await kubectl("-n", Self.namespace, "rollout", "restart", "daemonset/node-agent")
        try await kubectl("-n", Self.namespace, "rollout", "status", "daemonset/node-agent", "--timeout=90s")
    }

    /// Starts what of the development cluster has died.
    func startAgain() async throws {
        guard let script = ProcessInfo.processInfo.environment["CLUSTER_SCRIPT"] else {
            throw Failure(description: "these tests need CLUSTER_SCRIPT: run make e2e")
        }
        try await run(ExternalProgram(path: script), ["up"])
    }
}
