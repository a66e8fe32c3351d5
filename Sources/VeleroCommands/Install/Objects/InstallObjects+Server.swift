// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

extension InstallObjects {
    /// The user of the image, who owns nothing.
    static let unprivilegedUser = 65532

    /// The Deployment of `velero server`; of two pods at a time, as while it is replaced, one waits for the other's lease.
    var serverDeployment: KubeObject {
        var deployment = object(InstalledKinds.deployment, Self.serverName)
        let labels = ["deploy": "velero"]
        var pod: JSONObject = ["containers": [.object(serverContainer)]]
        if !settings.plugins.isEmpty { pod["initContainers"] = .array(settings.plugins.map(pluginContainer)) }
        pod["nodeSelector"] = ["kubernetes.io/os": "linux"]
        if let name = settings.serverPriorityClass { pod["priorityClassName"] = .string(name) }
        pod["securityContext"] = [
            "fsGroup": .int(Self.unprivilegedUser), "runAsGroup": .int(Self.unprivilegedUser), "runAsNonRoot": true,
            "runAsUser": .int(Self.unprivilegedUser), "seccompProfile": ["type": "RuntimeDefault"],
        ]
        pod["serviceAccountName"] = .string(settings.serviceAccount ?? Self.serverAccountName)
        pod["terminationGracePeriodSeconds"] = 60
        var volumes = volumes(credentialsMode: 0o440)
        if !settings.plugins.isEmpty { volumes.append(["emptyDir": [:], "name": "plugins"]) }
        pod["volumes"] = .array(volumes)
        deployment["spec"] = [
            "replicas": 1, "selector": ["matchLabels": .object(labels)],
            "template": podTemplate(labels: labels, spec: pod),
        ]
        return deployment
    }

    private var serverContainer: JSONObject {
        var container: JSONObject = [
            "args": .array(["server"] + settings.serverArguments), "command": ["/velero"], "env": environment([]),
            "image": .string(settings.image), "imagePullPolicy": Self.pullPolicy(settings.image),
        ]
        for (name, value) in Self.serving { container[name] = value }
        container["name"] = .string(Self.serverName)
        container["resources"] = Self.resources(settings.serverResources)
        container["securityContext"] = Self.unprivileged
        var mounts = mounts
        if !settings.plugins.isEmpty {
            mounts.append(["mountPath": "/plugins", "name": "plugins", "readOnly": true])
        }
        container["volumeMounts"] = .array(mounts)
        return container
    }

    /// Copies an image's programs to where the server finds them; whatever the image is, it gets nothing but that directory.
    private func pluginContainer(_ plugin: PluginImage) -> JSONValue {
        [
            "image": .string(plugin.image), "imagePullPolicy": Self.pullPolicy(plugin.image),
            "name": .string(plugin.containerName), "securityContext": Self.unprivileged,
            "volumeMounts": [["mountPath": "/target", "name": "plugins"]],
        ]
    }

    private static let unprivileged: JSONValue = [
        "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]], "readOnlyRootFilesystem": true,
    ]
}
