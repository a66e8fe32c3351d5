// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeModel
import TestSupport
import Testing

@testable import VeleroCommands

/// Installations against a real API server.
@Suite(.controlPlane, .tags(.integration, .slow), .timeLimit(.minutes(5)), .serialized)
struct InstallClusterTests {
    private func velero(_ words: [String], input: ScriptedInput = ScriptedInput()) async throws -> (
        code: CommandExitCode, output: RecordedOutput
    ) {
        let plane = try ControlPlane.required()
        let output = RecordedOutput()
        var input = input
        input.files["/srv/dir/keys"] = Array("[default]\naws_secret_access_key = hush\n".utf8)
        input.files["/srv/dir/password"] = Array("geheim".utf8)
        let context = CommandContext.scripted(
            environment: ["KUBECONFIG": plane.kubeconfig],
            output: output,
            input: input
        )
        return (await CommandLineRunner.run(words, in: context), output)
    }

    private let install = [
        "install", "--use-restic", "--provider", "aws", "--bucket", "b", "--secret-file", "keys",
        "--backup-location-config", "region=us-east-1",
    ]

    private func versions(_ namespace: String) async throws -> String {
        try await ControlPlane.required().kubectl([
            "get", "-n", namespace, "crd,sa,role,rolebinding,secret,backupstoragelocation,deployment,daemonset", "-o",
            "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}",
        ])
    }

    @Test func `installing twice changes nothing the second time, and a changed flag changes its object only`()
        async throws
    {
        let first = try await velero(install)
        #expect(first.code == .success, "\(first.output.errorText)")
        #expect(
            first.output.text.contains(
                "DaemonSet/node-agent: attempting to create resource\nDaemonSet/node-agent: created"
            )
        )
        #expect(first.output.text.contains("Velero is installed! ⛵ Use 'kubectl logs deployment/velero -n velero'"))
        #expect(!(first.output.text + first.output.errorText).contains("hush"))
        let before = try await versions("velero")
        let second = try await velero(install)
        #expect(second.code == .success, "\(second.output.errorText)")
        #expect(!second.output.text.contains("created"))
        #expect(!second.output.text.contains("applied"))
        #expect(try await versions("velero") == before)
        let third = try await velero(install + ["--image", "localhost/velero:next"])
        let applied = third.output.text.split(separator: "\n").filter { $0.hasSuffix("applied") }
        #expect(applied == ["Deployment/velero: applied", "DaemonSet/node-agent: applied"])
    }

    @Test func `an agent's account may do its work and read no secret elsewhere`() async throws {
        #expect(try await velero(install + ["-n", "agents"]).code == .success)
        let agent = "system:serviceaccount:agents:velero-node-agent"
        let allowed = [
            "get pods -n default", "watch pods -n other", "list pods", "get persistentvolumeclaims -n default",
            "get persistentvolumes", "get nodes", "list csidrivers.storage.k8s.io",
            "list podvolumebackups.velero.io -n agents", "patch podvolumebackups.velero.io -n agents",
            "patch podvolumerestores.velero.io -n agents", "create backuprepositories.velero.io -n agents",
            "get backupstoragelocations.velero.io -n agents", "get secrets -n agents", "get configmaps -n agents",
            "create events -n agents",
        ]
        let refused = [
            "get secrets -n default", "list secrets -n velero", "get secrets -n kube-system", "create pods -n agents",
            "list secrets -n agents", "watch secrets -n agents", "list nodes", "list persistentvolumeclaims",
            "create pods/exec -n default", "delete pods -n default", "patch nodes", "get configmaps -n default",
            "list podvolumebackups.velero.io -n other", "delete podvolumebackups.velero.io -n agents",
            "update secrets -n agents", "create clusterrolebindings.rbac.authorization.k8s.io",
            "update backupstoragelocations.velero.io -n agents", "impersonate users",
        ]
        for line in allowed { #expect(try await may(agent, line), "\(line) is refused") }
        for line in refused { #expect(try await !may(agent, line), "\(line) is allowed") }
    }

    @Test func `the server's account may do its work and no more`() async throws {
        #expect(try await velero(install + ["-n", "servers"]).code == .success)
        let server = "system:serviceaccount:servers:velero"
        let allowed = [
            "update backuprepositories.velero.io -n servers", "delete backups.velero.io -n servers",
            "create secrets -n servers", "update leases.coordination.k8s.io -n servers", "list pods -n default",
            "list secrets -n default", "list deployments.apps -n default", "get clusterroles.rbac.authorization.k8s.io",
            "list widgets.example.org -n default", "create pods/exec -n default",
        ]
        let refused = [
            "update secrets -n default", "delete secrets -n kube-system", "create pods -n default", "delete namespaces",
            "update leases.coordination.k8s.io -n kube-system",
        ]
        for line in allowed { #expect(try await may(server, line), "\(line) is refused") }
        for line in refused { #expect(try await !may(server, line), "\(line) is allowed") }
    }

    /// Asks the API server, by `VERB RESOURCE[.GROUP][/SUBRESOURCE] [-n NAMESPACE]`.
    private func may(_ user: String, _ line: String) async throws -> Bool {
        let words = line.split(separator: " ").map(String.init)
        let parts = words[1].split(separator: "/").map(String.init)
        let name = parts[0].split(separator: ".", maxSplits: 1).map(String.init)
        let namespace = words.count == 4 ? words[3] : ""
        let group = name.count > 1 ? name[1] : ""
        let account = user.split(separator: ":")[2]
        let review = """
            {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"\(user)",
            "groups":["system:serviceaccounts","system:serviceaccounts:\(account)","system:authenticated"],
            "resourceAttributes":{"verb":"\(words[0])","resource":"\(name[0])","group":"\(group)",
            "subresource":"\(parts.count > 1 ? parts[1] : "")","namespace":"\(namespace)"}}}
            """
        let answer = try await ControlPlane.required().kubectl(["create", "-o", "json", "-f", "-"], input: review)
        return try KubeModel.JSONText.parse(answer)[["status", "allowed"]]?.bool ?? false
    }

    @Test func `the password of repositories is never changed`() async throws {
        let words = install + ["-n", "passwords"]
        #expect(try await velero(words + ["--generate-repository-password"]).code == .success)
        let other = try await velero(words + ["--repository-password-file", "password"])
        #expect(other.code == .failure)
        #expect(other.output.errorText.contains("Secret passwords/velero-repo-credentials holds another password"))
        #expect(!other.output.errorText.contains("geheim"))
        #expect(try await velero(words).code == .success)
    }

    @Test func `kubectl apply -k takes the committed tree`() async throws {
        let plane = try ControlPlane.required()
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        try await plane.kubectl(["apply", "-k", root.appendingPathComponent("deploy").path])
        try await plane.kubectl([
            "wait", "--for=condition=Established", "--timeout=60s", "crd", "-l", "component=velero",
        ])
        try await plane.kubectl(["apply", "-k", root.appendingPathComponent("deploy/location").path])
        let image = try await plane.kubectl([
            "get", "-n", "velero", "daemonset/node-agent", "-o", "jsonpath={.spec.template.spec.containers[0].command}",
        ])
        #expect(image.contains("/velero"))
    }

    @Test func `uninstalling asks, and takes everything of its own away`() async throws {
        let plane = try ControlPlane.required()
        #expect(try await velero(install + ["-n", "leaving"]).code == .success)
        let refused = try await velero(["uninstall", "-n", "leaving"], input: ScriptedInput(line: "n"))
        #expect(refused.code == .success)
        #expect(refused.output.text.contains("You are about to uninstall Velero."))
        #expect(try await plane.kubectl(["get", "clusterrole", "-o", "name"]).contains("velero-node-agent-leaving"))
        try await plane.kubectl(
            ["create", "-f", "-"],
            input: """
                {"apiVersion":"velero.io/v1","kind":"PodVolumeBackup","metadata":{"name":"held","namespace":"leaving",
                "finalizers":["velero.io/pod-volume-finalizer"]},"spec":{"backupStorageLocation":"default","node":"n",
                "pod":{"name":"p","namespace":"leaving"},"repoIdentifier":"","volume":"v"}}
                """
        )
        let gone = try await velero(["uninstall", "-n", "leaving", "--force"])
        #expect(gone.code == .success, "\(gone.output.errorText)")
        #expect(gone.output.text.contains("Velero uninstalled ⛵"))
        let left = try await plane.kubectl(["get", "clusterrole,clusterrolebinding", "-o", "name"])
        #expect(!left.contains("-leaving"))
        let finalizers = try await plane.kubectl([
            "get", "-n", "leaving", "podvolumebackup/held", "--ignore-not-found", "-o",
            "jsonpath={.metadata.finalizers}",
        ])
        #expect(finalizers.isEmpty)
        let phase = try await plane.kubectl(["get", "namespace/leaving", "-o", "jsonpath={.status.phase}"])
        #expect(phase == "Terminating")
    }
}
