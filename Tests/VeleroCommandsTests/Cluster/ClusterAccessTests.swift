// SPDX-License-Identifier: Apache-2.0

import KubeClient
import TestSupport
import Testing

@testable import VeleroCommands

@Suite struct ClusterAccessTests {
    private func namespace(
        flag: String? = nil,
        file: String? = nil,
        environment: [String: String] = [:]
    ) async throws -> String {
        try await withTemporaryDirectory { home in
            if let file {
                try requireProgram("mkdir").run(["-p", "\(home)/.config/velero"])
                try requireProgram("tee").run(["\(home)/.config/velero/config.json"], input: Array(file.utf8))
            }
            let context = CommandContext.scripted(environment: environment.merging(["HOME": home]) { $1 })
            return try await ClusterAccess(.init(namespace: flag), in: context).namespace()
        }
    }

    @Test func `the flag comes before the settings file, the variable and the default`() async throws {
        let file = #"{"namespace":"of-file","colorized":"false"}"#
        let variable = ["VELERO_NAMESPACE": "of-variable"]
        #expect(try await namespace(flag: "of-flag", file: file, environment: variable) == "of-flag")
        #expect(try await namespace(file: file, environment: variable) == "of-file")
        #expect(try await namespace(file: "{}", environment: variable) == "of-variable")
        #expect(try await namespace() == "velero")
    }

    @Test(arguments: ["a/b", "..", "UPPER", ""])
    func `what cannot be a namespace is refused`(_ name: String) async {
        await #expect(throws: CommandFailure.self) { try await namespace(flag: name) }
    }

    @Test func `a broken settings file is named`() async {
        let error = await #expect(throws: CommandFailure.self) { try await namespace(file: "no JSON") }
        #expect(error?.message.contains("/.config/velero/config.json") == true)
    }

    @Test func `a credential plugin gets its variables, and its failure is told`() async throws {
        try await withTemporaryDirectory { directory in
            let plugin = """
                {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$TOKEN'"}}
                """
            func configuration(_ script: String) -> String {
                """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: "https://127.0.0.1:1"}}]
                users:
                - name: u
                  user:
                    exec:
                      apiVersion: client.authentication.k8s.io/v1
                      command: sh
                      args: [-c, \(script)]
                      env: [{name: TOKEN, value: opensesame}]
                      interactiveMode: Never
                """
            }
            try requireProgram("tee").run(
                ["\(directory)/plugin"],
                input: Array("printf '%s' '\(plugin)'".utf8)
            )
            try requireProgram("tee").run(
                ["\(directory)/config"],
                input: Array(configuration("\"sh \(directory)/plugin\"").utf8)
            )
            try requireProgram("tee").run(["\(directory)/broken"], input: Array(configuration("\"exit 7\"").utf8))
            var context = CommandContext.scripted(environment: ["PATH": "/usr/bin:/bin"])
            context.input = StandardInput()
            let access = ClusterAccess(.init(kubeconfig: "\(directory)/config"), in: context)
            let authorization = try await access.withClient {
                try await $0.configuration.credentials.authorization()
            }
            #expect(authorization == "Bearer opensesame")
            let broken = ClusterAccess(.init(kubeconfig: "\(directory)/broken"), in: context)
            let error = await #expect(throws: KubeError.self) { try await broken.withClient { _ in } }
            #expect(error?.message.contains("exit code 7") == true)
        }
    }

    @Test(
        arguments: [
            ("-n backups install --wait", "install -n backups --wait"),
            ("--kubeconfig=/k --kubecontext c uninstall --force", "uninstall --kubeconfig=/k --kubecontext c --force"),
            ("install --wait=true --use-restic=1 --use-volume-snapshots=false", "install --wait --use-restic"),
            ("install --backup-location-config=a=true", "install --backup-location-config=a=true"),
        ]
    )
    func `flags before the command, and with truth values`(_ line: String, expected: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(CommandTree.hoisting.normalized(words).joined(separator: " ") == expected)
    }
}
