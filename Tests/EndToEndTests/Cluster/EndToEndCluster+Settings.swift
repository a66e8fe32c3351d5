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

    /// Kills the API server as a power cut would, and starts it again.
    func restartAPIServer() async throws {
        guard let script = ProcessInfo.processInfo.environment["CLUSTER_SCRIPT"] else {
            throw Failure(description: "these tests need CLUSTER_SCRIPT: run make e2e")
        }
        let cluster = ExternalProgram(path: script)
        try await run(cluster, ["crash", "kube-apiserver"])
        try await run(cluster, ["up"])
    }

    /// Kills the agent's process as the kernel does when memory runs out; its pod starts another.
    ///
    /// The process is known by the cgroup of its pod.
    func killAgent() async throws {
        let uid = try await kubectl(
            "-n",
            Self.namespace,
            "get",
            "pods",
            "-l",
            "name=node-agent",
            "-o",
            "jsonpath={.items[0].metadata.uid}"
        )
        let script = """
            for file in $(grep -ls "pod$1" /proc/[0-9]*/cgroup); do
                process=${file%/cgroup}
                if tr '\\0' ' ' <"$process/cmdline" | grep -q 'node-agent server'; then kill -KILL "${process#/proc/}"; fi
            done
            """
        try await run(ExternalProgram(path: "/bin/bash"), ["-c", script, "kill-agent", uid])
    }
}
