// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

extension InstallObjects {
    /// What reading foreign files takes, beyond being their owner.
    static let readingCapabilities = ["DAC_READ_SEARCH"]
    /// What restoring files as they were takes beyond that.
    static let restoringCapabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "MKNOD", "SETFCAP"]

    /// The DaemonSet of `velero node-agent server`; `daemonset/README.md` explains every privilege and mount.
    func nodeAgentDaemonSet(_ agent: InstallSettings.NodeAgent) -> KubeObject {
        var daemonSet = object(InstalledKinds.daemonSet, Self.nodeAgentName)
        let labels = ["name": Self.nodeAgentName]
        var pod: JSONObject = ["containers": [.object(nodeAgentContainer(agent))]]
        pod["nodeSelector"] = ["kubernetes.io/os": "linux"]
        if let name = agent.priorityClass { pod["priorityClassName"] = .string(name) }
        pod["securityContext"] = ["runAsUser": 0, "seccompProfile": ["type": "RuntimeDefault"]]
        pod["serviceAccountName"] = .string(Self.nodeAgentAccountName)
        pod["terminationGracePeriodSeconds"] = 60
        let pods: JSONValue = [
            "hostPath": ["path": .string("\(agent.kubeletDirectory)/pods"), "type": "Directory"], "name": "host-pods",
        ]
        pod["volumes"] = .array([pods] + volumes(credentialsMode: 0o400))
        daemonSet["spec"] = [
            "selector": ["matchLabels": .object(labels)],
            "template": podTemplate(labels: labels.merging(["role": Self.nodeAgentName]) { $1 }, spec: pod),
            "updateStrategy": ["rollingUpdate": ["maxUnavailable": 1], "type": "RollingUpdate"],
        ]
        return daemonSet
    }

    private func nodeAgentContainer(_ agent: InstallSettings.NodeAgent) -> JSONObject {
        var words = ["node-agent", "server"]
        if let map = agent.configMap { words.append("--node-agent-configmap=\(map)") }
        var container: JSONObject = [
            "args": .array(words), "command": ["/velero"],
            "env": environment([("NODE_NAME", Self.fieldReference("spec.nodeName"))]),
            "image": .string(settings.image), "imagePullPolicy": Self.pullPolicy(settings.image),
        ]
        for (name, value) in Self.serving { container[name] = value }
        container["name"] = .string(Self.nodeAgentName)
        container["resources"] = Self.resources(agent.resources)
        container["securityContext"] = securityContext(agent)
        var pods: JSONObject = ["mountPath": "/host_pods", "mountPropagation": "HostToContainer", "name": "host-pods"]
        if agent.isBackupOnly { pods["readOnly"] = true }
        container["volumeMounts"] = .array([.object(pods)] + mounts)
        return container
    }

    private func securityContext(_ agent: InstallSettings.NodeAgent) -> JSONValue {
        // A privileged container has every capability, and the API server refuses one that may not escalate.
        if agent.isPrivileged { return ["privileged": true, "readOnlyRootFilesystem": true] }
        let added = (agent.isBackupOnly ? [] : Self.restoringCapabilities) + Self.readingCapabilities
        return [
            "allowPrivilegeEscalation": false, "capabilities": ["add": .array(added.sorted()), "drop": ["ALL"]],
            "privileged": false, "readOnlyRootFilesystem": true,
        ]
    }
}
