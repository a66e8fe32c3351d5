// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import KubeClient
import KubeModel
import TestSupport
import Testing

@Suite("Configuration of a cluster")
struct ClusterConfigurationTests {
    /// An environment of nothing but these files, variables and programs.
    private func environment(
        files: [String: String],
        variables: [String: String] = ["HOME": "/home/me"],
        clock: any Clock<Duration> = ManualClock(),
        program: @escaping ConfigurationEnvironment.ProgramRunner = { _, _ in
            throw KubeError(.credentials, "no such program")
        }
    ) -> ConfigurationEnvironment {
        ConfigurationEnvironment(
            variables: variables,
            clock: clock,
            now: { KubeTime(seconds: 1_000_000) },
            readFile: { path in files[path].map { Array($0.utf8) } },
            runProgram: program
        )
    }

    private static let file = """
        apiVersion: v1
        kind: Config
        current-context: one
        contexts:
        - name: one
          context: {cluster: c1, user: u1, namespace: velero}
        - name: two
          context: {cluster: c2, user: u2}
        - name: broken
          context: {cluster: none, user: u1}
        clusters:
        - name: c1
          cluster:
            server: https://one:6443/
            certificate-authority-data: Q0E=
            tls-server-name: kubernetes
            proxy-url: http://proxy:3128
        - name: c2
          cluster:
            server: https://two/prefix
            certificate-authority: pki/ca.crt
            insecure-skip-tls-verify: true
        users:
        - name: u1
          user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}
        - name: u2
          user: {token: secret, as: other, as-groups: [g1, g2]}
        """

    @Test("the current context of ~/.kube/config, with inline certificates")
    func currentContext() async throws {
        let configuration = try await ClusterConfiguration.load(
            environment(files: ["/home/me/.kube/config": Self.file])
        )
        #expect(configuration.server == "https://one:6443")
        #expect(configuration.namespace == "velero")
        #expect(configuration.serverName == "kubernetes")
        guard case .url("http://proxy:3128") = configuration.transport.proxy else {
            Issue.record("requests do not go through the proxy")
            return
        }
        #expect(!configuration.allowsInsecureTLS)
        guard case .bytes(let authorities) = configuration.certificateAuthorities,
            case .bytes(let key) = configuration.clientCertificate?.key
        else {
            Issue.record("no certificates")
            return
        }
        #expect(authorities == Array("CA".utf8))
        #expect(key == Array("KEY".utf8))
        #expect(try await configuration.credentials.authorization() == nil)
        #expect(configuration.transport.tlsServerName == "kubernetes")
    }

    @Test("a context named, with files beside the kubeconfig, a token and another user to speak for")
    func namedContext() async throws {
        let environment = environment(files: ["/etc/k/config": Self.file])
        let configuration = try await ClusterConfiguration.load(path: "/etc/k/config", context: "two", environment)
        #expect(configuration.server == "https://two/prefix")
        #expect(configuration.namespace == "default")
        #expect(configuration.allowsInsecureTLS)
        guard case .file("/etc/k/pki/ca.crt") = configuration.certificateAuthorities else {
            Issue.record("no CA file")
            return
        }
        #expect(try await configuration.credentials.authorization() == "Bearer secret")
        #expect(configuration.impersonation == .init(user: "other", groups: ["g1", "g2"]))
    }

    @Test("several files are merged, the first one winning, missing ones left out")
    func merged() async throws {
        let first = "current-context: mine\ncontexts: [{name: mine, context: {cluster: c1, user: u2}}]"
        let configuration = try await ClusterConfiguration.load(
            environment(files: ["/a": first, "/b": Self.file], variables: ["KUBECONFIG": "/missing:/a:/b"])
        )
        #expect(configuration.server == "https://one:6443")
        #expect(try await configuration.credentials.authorization() == "Bearer secret")
    }

    @Test(
        "what is missing is said",
        arguments: [
            ("three", "there is no context 'three'; known are broken, one, two"),
            ("broken", "cluster 'none', which is missing"),
        ]
    )
    func missing(_ context: String, _ words: String) async throws {
        let environment = environment(files: ["/home/me/.kube/config": Self.file])
        let error = try await #require(throws: KubeError.self) {
            try await ClusterConfiguration.load(context: context, environment)
        }
        #expect(error.message.contains(words))
    }

    @Test("a file named must be there, and be a kubeconfig; its contents are not quoted")
    func badFiles() async throws {
        for (files, words) in [([:], "there is no kubeconfig /k"), (["/k": "token: secret: x"], "/k is no kubeconfig")]
        {
            let error = try await #require(throws: KubeError.self) {
                try await ClusterConfiguration.load(path: "/k", environment(files: files))
            }
            #expect(error.message.contains(words))
            #expect(!error.message.contains("secret"))
        }
    }

    @Test("in a pod: address, namespace, authorities, and a token that is read again as it is rotated")
    func inCluster() async throws {
        let directory = "/var/run/secrets/kubernetes.io/serviceaccount"
        let token = Shared("first")
        let clock = ManualClock()
        var environment = environment(
            files: [:],
            variables: ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443", "HOME": "/"],
            clock: clock
        )
        environment.readFile = { path in
            switch path {
            case "\(directory)/token": Array("\(token.value)\n".utf8)
            case "\(directory)/ca.crt": Array("CA".utf8)
            case "\(directory)/namespace": Array("velero".utf8)
            default: nil
            }
        }
        let configuration = try await ClusterConfiguration.load(environment)
        #expect(configuration.server == "https://[fd00::1]:443")
        #expect(configuration.namespace == "velero")
        #expect(try await configuration.credentials.authorization() == "Bearer first")
        token.change { $0 = "second" }
        #expect(try await configuration.credentials.authorization() == "Bearer first")
        clock.advance(by: .seconds(61))
        #expect(try await configuration.credentials.authorization() == "Bearer second")
        token.change { $0 = "third" }
        await configuration.credentials.invalidate("Bearer second")
        #expect(try await configuration.credentials.authorization() == "Bearer third")
    }

    @Test("without any configuration the error says what to do")
    func nothing() async throws {
        let error = try await #require(throws: KubeError.self) {
            try await ClusterConfiguration.load(environment(files: [:]))
        }
        #expect(error.code == .configuration)
        #expect(error.message.contains("--kubeconfig"))
    }

    private static func execFile(_ extra: String = "") -> String {
        """
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "https://c"}}]
        users:
        - name: u
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: bin/login
              args: [--region, x]
              env: [{name: PROFILE, value: p}]
              provideClusterInfo: true
              installHint: get it from the shop
        """ + extra
    }

    @Test("an exec plugin is told of the cluster and run again when its token ends or is refused")
    func execPlugin() async throws {
        let calls = Shared<[(words: [String], variables: [String: String])]>([])
        let clock = ManualClock()
        let environment = environment(files: ["/x/config": Self.execFile()], clock: clock) { words, variables in
            let count = calls.change { calls in
                calls.append((words, variables))
                return calls.count
            }
            let expiration = KubeTime(seconds: 1_000_000 + 70).description
            return Array(
                #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","#.utf8
            ) + Array(#""status":{"token":"t\#(count)","expirationTimestamp":"\#(expiration)"}}"#.utf8)
        }
        let credentials = try await ClusterConfiguration.load(path: "/x/config", environment).credentials
        #expect(try await credentials.authorization() == "Bearer t2")
        #expect(try await credentials.authorization() == "Bearer t2")
        clock.advance(by: .seconds(61))
        #expect(try await credentials.authorization() == "Bearer t3")
        await credentials.invalidate("Bearer t3")
        #expect(try await credentials.authorization() == "Bearer t4")
        let call = try #require(calls.value.first)
        #expect(call.words == ["/x/bin/login", "--region", "x"])
        #expect(call.variables["PROFILE"] == "p")
        let information = try JSONText.parse(call.variables["KUBERNETES_EXEC_INFO"] ?? "")
        #expect(information[["spec", "cluster", "server"]] == "https://c")
        #expect(information[["spec", "interactive"]] == false)
    }

    @Test(
        "an exec plugin that fails or answers nonsense is an error without its output",
        arguments: [
            "nonsense secret",
            #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"secret"}}"#,
            #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"secret"}}"#,
        ]
    )
    func badPlugin(_ output: String) async throws {
        let environment = environment(files: ["/x/config": Self.execFile()]) { _, _ in Array(output.utf8) }
        let error = try await #require(throws: KubeError.self) {
            try await ClusterConfiguration.load(path: "/x/config", environment)
        }
        #expect(error.code == .credentials)
        #expect(!error.message.contains("secret"))
    }

    @Test("a plugin that cannot be run brings its hint")
    func missingPlugin() async throws {
        let error = try await #require(throws: KubeError.self) {
            try await ClusterConfiguration.load(path: "/x/config", environment(files: ["/x/config": Self.execFile()]))
        }
        #expect(error.message.contains("get it from the shop"))
    }

    @Test("client certificates of a plugin go to the transport")
    func pluginCertificate() async throws {
        let environment = environment(files: ["/x/config": Self.execFile()]) { _, _ in
            Array(
                #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","#.utf8
            ) + Array(#""status":{"clientCertificateData":"CERT","clientKeyData":"KEY"}}"#.utf8)
        }
        let configuration = try await ClusterConfiguration.load(path: "/x/config", environment)
        guard case .bytes(let key) = configuration.clientCertificate?.key else {
            Issue.record("no certificate")
            return
        }
        #expect(key == Array("KEY".utf8))
        #expect(try await configuration.credentials.authorization() == nil)
    }
}
