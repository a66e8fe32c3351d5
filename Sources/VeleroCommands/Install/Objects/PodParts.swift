// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

/// What the pods of server and agent have in common.
extension InstallObjects {
    static let credentialsDirectory = "/credentials"

    func podTemplate(labels: [String: String], spec: JSONObject) -> JSONValue {
        let marks = ["component": "velero"].merging(settings.podLabels) { $1 }.merging(labels) { $1 }
        let scraped = [
            "prometheus.io/path": "/metrics", "prometheus.io/port": "\(Self.metricsPort)",
            "prometheus.io/scrape": "true",
        ]
        return [
            "metadata": [
                "annotations": .object(scraped.merging(settings.podAnnotations) { $1 }), "labels": .object(marks),
            ],
            "spec": .object(spec),
        ]
    }

    /// Variables of every container, `more` first.
    func environment(_ more: [(String, JSONValue)]) -> JSONValue {
        var variables = more
        variables.append(("VELERO_NAMESPACE", Self.fieldReference("metadata.namespace")))
        variables.append(("VELERO_SCRATCH_DIR", ["value": "/scratch"]))
        if settings.credentials.usesSecret {
            let path = "\(Self.credentialsDirectory)/\(VeleroObjectName.cloudCredentialsKey)"
            variables.append(("AWS_SHARED_CREDENTIALS_FILE", ["value": .string(path)]))
        }
        return .array(
            variables.map { name, source in
                var variable = JSONObject([("name", .string(name))])
                for (key, value) in source.object ?? [:] { variable[key] = value }
                return .object(variable)
            }
        )
    }

    static func fieldReference(_ path: String) -> JSONValue {
        ["valueFrom": ["fieldRef": ["apiVersion": "v1", "fieldPath": .string(path)]]]
    }

    /// Mounts of every container.
    var mounts: [JSONValue] {
        var mounts: [JSONValue] = [["mountPath": "/scratch", "name": "scratch"]]
        if settings.credentials.usesSecret {
            mounts.append([
                "mountPath": .string(Self.credentialsDirectory), "name": "cloud-credentials", "readOnly": true,
            ])
        }
        return mounts
    }

    /// The volumes behind ``mounts``.
    ///
    /// - Parameter mode: Permissions of the credentials' file.
    func volumes(credentialsMode mode: Int) -> [JSONValue] {
        var volumes: [JSONValue] = [["emptyDir": [:], "name": "scratch"]]
        if settings.credentials.usesSecret {
            volumes.append([
                "name": "cloud-credentials",
                "secret": [
                    "defaultMode": .int(mode), "optional": true,
                    "secretName": .string(VeleroObjectName.cloudCredentials),
                ],
            ])
        }
        return volumes
    }

    /// A registry is asked again only for images whose content may change under their name.
    static func pullPolicy(_ image: String) -> JSONValue {
        if image.contains("@") { return "IfNotPresent" }
        let name = image.split(separator: "/").last ?? ""
        guard let colon = name.firstIndex(of: ":") else { return "Always" }
        return name[name.index(after: colon)...] == "latest" ? "Always" : "IfNotPresent"
    }

    static func resources(_ resources: InstallSettings.Resources) -> JSONValue {
        func list(_ cpu: String?, _ memory: String?) -> JSONObject {
            var list = JSONObject()
            if let cpu { list["cpu"] = .string(cpu) }
            if let memory { list["memory"] = .string(memory) }
            return list
        }
        var json = JSONObject()
        let limits = list(resources.cpuLimit, resources.memoryLimit)
        let requests = list(resources.cpuRequest, resources.memoryRequest)
        if !limits.isEmpty { json["limits"] = .object(limits) }
        if !requests.isEmpty { json["requests"] = .object(requests) }
        return .object(json)
    }

    /// Fields of every container: ports and probes.
    static var serving: JSONObject {
        func probe(_ path: String, period: Int, failures: Int) -> JSONValue {
            [
                "failureThreshold": .int(failures), "httpGet": ["path": .string(path), "port": "metrics"],
                "periodSeconds": .int(period), "timeoutSeconds": 5,
            ]
        }
        return [
            "livenessProbe": probe("/healthz", period: 20, failures: 6),
            "ports": [["containerPort": .int(metricsPort), "name": "metrics", "protocol": "TCP"]],
            "readinessProbe": probe("/readyz", period: 5, failures: 2),
        ]
    }
}
