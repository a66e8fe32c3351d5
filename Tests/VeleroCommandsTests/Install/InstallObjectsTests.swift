// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import VeleroCommands

@Suite struct InstallObjectsTests {
    /// What `velero install … --dry-run -o json` prints, by kind and name.
    private func printed(_ words: [String]) async throws -> [String: KubeObject] {
        let output = RecordedOutput()
        let context = CommandContext.scripted(
            output: output,
            input: ScriptedInput(files: [
                "/srv/dir/keys": Array("aws_secret".utf8), "/srv/dir/password": Array("geheim\n".utf8),
                "/srv/dir/ca": Array("PEM".utf8),
            ])
        )
        let code = await CommandLineRunner.run(["install", "--dry-run", "-o", "json"] + words, in: context)
        #expect(code == .success, "\(output.errorText)")
        let list = try KubeModel.JSONText.parse(output.text)
        var objects: [String: KubeObject] = [:]
        for item in list["items"]?.array ?? [] {
            let object = try #require(KubeObject(json: item))
            objects["\(object.kind)/\(object.key.name)"] = object
        }
        return objects
    }

    private let minimal = ["--provider", "aws", "--bucket", "b", "--secret-file", "keys"]

    private func container(_ object: KubeObject?) throws -> JSONValue {
        let containers = try #require(object?["spec", "template", "spec", "containers"]?.array)
        #expect(containers.count == 1)
        return containers[0]
    }

    @Test func `the objects of an installation with agents`() async throws {
        let objects = try await printed(minimal + ["--use-restic"])
        #expect(
            Set(objects.keys.filter { !$0.hasPrefix("CustomResourceDefinition/") }) == [
                "Namespace/velero", "ServiceAccount/velero", "ServiceAccount/velero-node-agent", "Role/velero-server",
                "Role/velero-node-agent", "RoleBinding/velero-server", "RoleBinding/velero-node-agent",
                "ClusterRole/velero-server", "ClusterRole/velero-node-agent", "ClusterRoleBinding/velero-server",
                "ClusterRoleBinding/velero-node-agent", "Secret/cloud-credentials", "BackupStorageLocation/default",
                "Deployment/velero", "DaemonSet/node-agent",
            ]
        )
        #expect(objects.keys.contains("CustomResourceDefinition/podvolumebackups.velero.io"))
        #expect(objects.values.allSatisfy { $0.metadata.labels["component"] == "velero" })
    }

    @Test func `an agent may not do more than moving data takes`() async throws {
        let agent = try container(try await printed(minimal + ["--use-node-agent"])["DaemonSet/node-agent"])
        #expect(
            agent["securityContext"] == [
                "allowPrivilegeEscalation": false, "privileged": false, "readOnlyRootFilesystem": true,
                "capabilities": [
                    "add": [
                        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "MKNOD", "SETFCAP",
                    ],
                    "drop": ["ALL"],
                ],
            ]
        )
        let pods = agent["volumeMounts"]?.array?.first { $0["name"]?.string == "host-pods" }
        #expect(pods == ["mountPath": "/host_pods", "mountPropagation": "HostToContainer", "name": "host-pods"])
    }

    @Test func `an agent for backups only reads`() async throws {
        let objects = try await printed(minimal + ["--use-node-agent", "--backup-only"])
        let agent = try container(objects["DaemonSet/node-agent"])
        #expect(agent[["securityContext", "capabilities", "add"]] == ["DAC_READ_SEARCH"])
        let pods = agent["volumeMounts"]?.array?.first { $0["name"]?.string == "host-pods" }
        #expect(pods?["readOnly"] == true)
    }

    @Test func `no container of the server has a privilege`() async throws {
        let server = try await printed(minimal)["Deployment/velero"]
        #expect(server?["spec", "template", "spec", "securityContext", "runAsNonRoot"] == true)
        #expect(
            try container(server)["securityContext"] == [
                "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]], "readOnlyRootFilesystem": true,
            ]
        )
    }

    @Test func `every flag reaches its object`() async throws {
        let words =
            minimal + [
                "--use-node-agent", "-n", "backups", "--image", "r.example.org/velero:1.2", "--prefix", "p/q",
                "--cacert",
                "ca", "--backup-location-config", "region=eu,s3Url=http://h:9", "--pod-labels", "team=a",
                "--pod-annotations", "note=b", "--sa-annotations", "role=c", "--velero-pod-cpu-request", "0",
                "--velero-pod-mem-request", "1Gi", "--velero-pod-cpu-limit", "2000m", "--velero-pod-mem-limit", "3Gi",
                "--restic-pod-cpu-request", "50m", "--node-agent-pod-mem-request", "64Mi", "--restic-pod-cpu-limit",
                "0",
                "--restic-pod-mem-limit", "0", "--kubelet-root-dir", "/var/snap/kubelet/", "--node-agent-configmap",
                "cm",
                "--repository-password-file", "password", "--default-restic-prune-frequency", "24h",
                "--server-priority-class-name", "sp", "--node-agent-priority-class-name", "np",
            ]
        let objects = try await printed(words)
        let server = objects["Deployment/velero"]
        let agent = objects["DaemonSet/node-agent"]
        #expect(objects["Namespace/backups"] != nil)
        #expect(objects["ClusterRole/velero-node-agent-backups"] != nil)
        #expect(objects["ClusterRoleBinding/velero-server-backups"]?["roleRef", "name"] == "velero-server-backups")
        #expect(
            objects["BackupStorageLocation/default"]?["spec"] == [
                "provider": "aws", "default": true, "config": ["region": "eu", "s3Url": "http://h:9"],
                "objectStorage": ["bucket": "b", "prefix": "p/q", "caCert": "UEVN"],
            ]
        )
        let credentials = try #require(objects["Secret/cloud-credentials"])
        #expect(Secret(object: credentials)[data: "cloud"] == Array("aws_secret".utf8))
        let password = try #require(objects["Secret/velero-repo-credentials"])
        #expect(Secret(object: password)[data: "repository-password"] == Array("geheim".utf8))
        #expect(objects["ServiceAccount/velero"]?.metadata.annotations == ["role": "c"])
        for pod in [server, agent] {
            #expect(pod?.key.namespace == "backups")
            let template = pod?["spec", "template"]
            #expect(template?[["metadata", "labels", "team"]] == "a")
            #expect(template?[["metadata", "annotations", "note"]] == "b")
            #expect(try container(pod)["image"] == "r.example.org/velero:1.2")
            #expect(try container(pod)["imagePullPolicy"] == "IfNotPresent")
        }
        #expect(try container(server)["args"] == ["server", "--default-repo-maintain-frequency=24h"])
        #expect(
            try container(server)["resources"]
                == ["limits": ["cpu": "2", "memory": "3Gi"], "requests": ["memory": "1Gi"]]
        )
        #expect(try container(agent)["args"] == ["node-agent", "server", "--node-agent-configmap=cm"])
        #expect(try container(agent)["resources"] == ["requests": ["cpu": "50m", "memory": "64Mi"]])
        #expect(server?["spec", "template", "spec", "priorityClassName"] == "sp")
        #expect(agent?["spec", "template", "spec", "priorityClassName"] == "np")
        let volumes = agent?["spec", "template", "spec", "volumes"]?.array ?? []
        #expect(volumes.first?[["hostPath", "path"]] == "/var/snap/kubelet/pods")
    }

    @Test func `images of plugins are copied beside the server, with no privilege and nothing else in sight`()
        async throws
    {
        let words = ["--plugins", "velero/velero-plugin-for-aws:v1.5.0,r.example.org:5000/team/my_plugin@sha256:00"]
        let pod = try #require(
            try await printed(minimal + words)["Deployment/velero"]?["spec", "template", "spec"]
        )
        let copying = pod["initContainers"]?.array ?? []
        #expect(copying.map { $0["name"]?.string } == ["velero-velero-plugin-for-aws", "team-my-plugin"])
        #expect(
            copying.map { $0["image"]?.string } == [
                "velero/velero-plugin-for-aws:v1.5.0", "r.example.org:5000/team/my_plugin@sha256:00",
            ]
        )
        for container in copying {
            #expect(container["volumeMounts"] == [["mountPath": "/target", "name": "plugins"]])
            #expect(container["env"] == nil)
            #expect(
                container["securityContext"] == [
                    "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]],
                    "readOnlyRootFilesystem": true,
                ]
            )
        }
        #expect(pod["volumes"]?.array?.last == ["emptyDir": [:], "name": "plugins"])
        let server = pod["containers"]?.array?.first
        #expect(
            server?["volumeMounts"]?.array?.last == ["mountPath": "/plugins", "name": "plugins", "readOnly": true]
        )
        let plain = try await printed(minimal)["Deployment/velero"]?["spec", "template", "spec"]
        #expect(plain?["initContainers"] == nil)
        #expect(plain?["volumes"]?.array?.contains { $0["name"] == "plugins" } == false)
    }

    @Test func `without a secret nothing points to one`() async throws {
        let objects = try await printed(["--provider", "aws", "--bucket", "b", "--no-secret", "--use-node-agent"])
        #expect(objects["Secret/cloud-credentials"] == nil)
        let text = String(decoding: try #require(objects["DaemonSet/node-agent"]).bytes, as: UTF8.self)
        #expect(!text.contains("credentials"))
    }

    @Test func `a password made up is long and never the same`() async throws {
        var passwords: Set<[UInt8]> = []
        for _ in 0..<2 {
            let objects = try await printed(minimal + ["--generate-repository-password"])
            let secret = Secret(object: try #require(objects["Secret/velero-repo-credentials"]))
            passwords.insert(try #require(secret[data: "repository-password"]))
        }
        #expect(passwords.count == 2)
        #expect(passwords.allSatisfy { $0.count >= 43 })
    }

    @Test(
        arguments: [
            ("--bucket b --no-secret", "--provider is required"),
            ("--provider aws --no-secret", "--bucket is required"),
            ("--provider aws --bucket b", "One of --secret-file or --no-secret is required"),
            (
                "--provider aws --bucket b --secret-file keys --no-secret",
                "Cannot use both --secret-file and --no-secret"
            ),
            ("--provider aws --bucket=-b --no-secret", "Bucket names cannot begin with a dash. Bucket name was: -b"),
            (
                "--no-default-backup-location --bucket b",
                "Cannot use both --bucket and --no-default-backup-location at the same time"
            ),
            ("--provider aws --bucket b --no-secret --use-volume-snapshots", "there are no snapshots of volumes here"),
            ("--provider aws --bucket b --no-secret --velero-pod-cpu-limit x", "'x' is no amount"),
            ("--provider azure --bucket b --no-secret", "Azure Blob Storage cannot be used yet"),
            ("--provider aws --bucket b --no-secret --backup-only", "--use-node-agent is required"),
            ("--provider aws --bucket b --no-secret --plugins UPPER", "'UPPER' is no name of an image"),
            ("--provider aws --bucket b --no-secret --plugins a/p:1,a/p:2", "'a/p:2' is given twice"),
            (
                "--provider aws --bucket b --no-secret -o table",
                "'table' format is not supported with 'install' command"
            ),
            (
                "--provider aws --bucket b --no-secret --default-repo-maintain-frequency=-1h",
                "--default-repo-maintain-frequency must be non-negative"
            ),
        ]
    )
    func `what cannot be is refused as Velero refuses it`(_ line: String, expected: String) async {
        let output = RecordedOutput()
        let context = CommandContext.scripted(output: output, input: ScriptedInput(files: ["/srv/dir/keys": []]))
        let words = ["install", "--dry-run"] + line.split(separator: " ").map(String.init)
        #expect(await CommandLineRunner.run(words, in: context) == .failure)
        #expect(output.errorText.hasPrefix("An error occurred: "))
        #expect(output.errorText.contains(expected), "\(output.errorText)")
        #expect(output.text.isEmpty)
    }
}
