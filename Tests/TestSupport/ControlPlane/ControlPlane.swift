// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Foundation
internal import Synchronization

/// A real etcd and kube-apiserver on free ports of the loopback, with everything they write in a temporary directory.
///
/// Objects are stored, validated and watched, and nothing acts on them: no controllers run, so deleted namespaces stay, owners'
/// objects are not collected, and there are no default service accounts. `make deps` builds the programs.
package final class ControlPlane: Sendable {
    /// A user known by a bearer token.
    package struct Token: Sendable {
        package let value: String
        package let user: String
        package let groups: [String]

        package init(value: String, user: String, groups: [String] = []) {
            self.value = value
            self.user = user
            self.groups = groups
        }
    }

    /// The scratch directory, removed with the control plane; tests may keep files of their own in it.
    package let directory: String
    /// `https://127.0.0.1:PORT`; stays the same when the API server is started again.
    package let server: String
    /// A kubeconfig of a cluster administrator with a client certificate, all inline.
    package var kubeconfig: String { directory + "/kubeconfig" }
    /// Certificate of the authority that signed the server's, as a PEM file.
    package var certificateAuthority: String { directory + "/keys/ca.crt" }
    /// Certificate and key that servers of this machine may show, as PEM files: for `localhost` and 127.0.0.1.
    package var serverCertificate: (certificate: String, key: String) {
        (directory + "/keys/apiserver.crt", directory + "/keys/apiserver.key")
    }
    /// An authority that signed no server's certificate, as a PEM file.
    package var otherAuthority: String { directory + "/keys/front-proxy-ca.crt" }
    /// Certificate and key of a cluster administrator, as PEM files.
    package var clientCertificate: (certificate: String, key: String) {
        (directory + "/keys/admin.crt", directory + "/keys/admin.key")
    }
    /// A token of a cluster administrator, valid until ``setTokens(_:)`` and a restart take it away.
    package let adminToken = "admin-of-this-test-cluster"

    private let etcdPort: Int
    private let etcdPeerPort: Int
    private let apiPort: Int
    private let flags: [String]
    private let store: Mutex<Daemon?> = Mutex(nil)
    private let api: Mutex<Daemon?> = Mutex(nil)
    private let executor = BlockingExecutor(name: "control plane", threadCount: 2)

    /// The control plane whose scope the current task is in; see ``ControlPlaneTrait``.
    @TaskLocal package static var current: ControlPlane?

    private init(directory: String, flags: [String], ports: [Int]) {
        self.directory = directory
        self.flags = flags
        etcdPort = ports[0]
        etcdPeerPort = ports[1]
        apiPort = ports[2]
        server = "https://127.0.0.1:\(apiPort)"
    }

    /// The control plane whose scope the current task is in.
    ///
    /// - Throws: When the test's suite lacks the trait.
    package static func required() throws -> ControlPlane {
        guard let current else { throw Daemon.Failure(description: "give the suite the trait .controlPlane") }
        return current
    }

    /// Runs `body` with a fresh control plane.
    ///
    /// - Parameter flags: Flags of kube-apiserver beside the usual ones, such as `--watch-cache=false`.
    /// - Throws: When a program is missing or does not start; tests fail then rather than pass unseen.
    package static func withControlPlane<Result>(
        flags: [String] = [],
        _ body: (ControlPlane) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { directory in
            let plane = ControlPlane(directory: directory, flags: flags, ports: try freePorts())
            do {
                try await plane.start()
                let result = try await body(plane)
                await plane.end()
                return result
            } catch {
                await plane.end()
                throw error
            }
        }
    }

    // MARK: Faults

    /// Kills the API server as a power cut would; etcd keeps what was acknowledged.
    package func killAPIServer() async {
        await take(api)?.end(.killed)
    }

    /// Asks the API server to stop, and waits until it has; it closes watches and lets requests finish.
    package func stopAPIServer() async {
        await take(api)?.end(.asked)
    }

    /// Starts the API server and returns when it is ready; it must not be running.
    package func startAPIServer() async throws {
        let daemon = try Daemon(Self.programs + "/kube-apiserver", apiFlags, logPath: directory + "/kube-apiserver.log")
        api.withLock { $0 = daemon }
        try await untilReady("\(server)/readyz", of: daemon)
        // The server says it is ready before it has made the namespaces every cluster has.
        try await untilReady("\(server)/api/v1/namespaces/default", of: daemon)
    }

    /// Compacts etcd at its present revision: resource versions before now can be neither watched nor continued from.
    package func compactStore() async throws {
        let base = "http://127.0.0.1:\(etcdPort)/v3/kv"
        let answer = try await curl(["-d", #"{"key":"AA=="}"#, base + "/range"])
        guard let fields = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any],
            let revision = (fields["header"] as? [String: Any])?["revision"] as? String
        else { throw Daemon.Failure(description: "etcd told no revision: \(answer)") }
        _ = try await curl(["-d", #"{"revision":"\#(revision)","physical":true}"#, base + "/compaction"])
    }

    /// Replaces the tokens the API server knows; takes effect when it starts the next time.
    package func setTokens(_ tokens: [Token]) throws {
        let lines = tokens.map { #"\#($0.value),\#($0.user),\#($0.user),"\#($0.groups.joined(separator: ","))""# }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: directory + "/tokens.csv"))
    }

    // MARK: kubectl

    /// Runs kubectl as the administrator and returns what it printed.
    ///
    /// - Throws: With kubectl's error output when it fails.
    @discardableResult
    package func kubectl(_ arguments: [String], input: String = "") async throws -> String {
        let program = ExternalProgram(path: Self.programs + "/kubectl")
        let kubeconfig = kubeconfig
        return try await executor.run {
            let output = try program.run(["--kubeconfig", kubeconfig] + arguments, input: Array(input.utf8))
            return String(decoding: output, as: UTF8.self)
        }
    }

    // MARK: Start and end

    private func start() async throws {
        guard FileManager.default.isExecutableFile(atPath: Self.programs + "/kube-apiserver") else {
            throw Daemon.Failure(description: "this test needs kube-apiserver: run make deps")
        }
        let keys = directory + "/keys"
        try await executor.run {
            _ = try ExternalProgram(path: Self.clusterScripts + "/keys").run([keys])
        }
        try writeKubeconfig()
        try setTokens([Token(value: adminToken, user: "admin", groups: ["system:masters"])])
        let client = "http://127.0.0.1:\(etcdPort)"
        let peer = "http://127.0.0.1:\(etcdPeerPort)"
        let etcd = try Daemon(
            "etcd",
            [
                "--name", "test", "--data-dir", directory + "/etcd", "--unsafe-no-fsync", "--log-level", "warn",
                "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", "test=\(peer)", "--logger", "zap",
            ],
            logPath: directory + "/etcd.log"
        )
        store.withLock { $0 = etcd }
        try await untilReady(client + "/health", of: etcd)
        try await startAPIServer()
    }

    private func end() async {
        await take(api)?.end(.killed)
        await take(store)?.end(.killed)
    }

    private func take(_ daemon: borrowing Mutex<Daemon?>) -> Daemon? {
        daemon.withLock { daemon in
            defer { daemon = nil }
            return daemon
        }
    }

    private var apiFlags: [String] {
        let keys = directory + "/keys"
        return [
            "--etcd-servers=http://127.0.0.1:\(etcdPort)", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
            "--secure-port=\(apiPort)", "--cert-dir=\(keys)", "--tls-cert-file=\(keys)/apiserver.crt",
            "--tls-private-key-file=\(keys)/apiserver.key", "--client-ca-file=\(keys)/ca.crt",
            "--token-auth-file=\(directory)/tokens.csv", "--authorization-mode=RBAC", "--allow-privileged=true",
            "--service-cluster-ip-range=10.96.0.0/24", "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-key-file=\(keys)/service-account.key",
            "--service-account-signing-key-file=\(keys)/service-account.key",
            // Nothing makes the service accounts that pods would need, and nothing serves the service "kubernetes".
            "--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none",
        ] + flags
    }

    private func writeKubeconfig() throws {
        func inline(_ path: String) throws -> String {
            try Data(contentsOf: URL(fileURLWithPath: path)).base64EncodedString()
        }
        let text = """
            apiVersion: v1
            kind: Config
            current-context: test
            clusters:
            - name: test
              cluster: {server: "\(server)", certificate-authority-data: \(try inline(certificateAuthority))}
            users:
            - name: admin
              user:
                client-certificate-data: \(try inline(clientCertificate.certificate))
                client-key-data: \(try inline(clientCertificate.key))
            contexts:
            - name: test
              context: {cluster: test, user: admin}

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: kubeconfig))
    }

    // MARK: Waiting and asking

    /// Asks until the address answers with success, for a minute at most.
    private func untilReady(_ address: String, of daemon: Daemon) async throws {
        let loop = """
            for ((i = 0; i < 600; i++)); do
                curl -fsS --noproxy '*' --max-time 5 --cacert "$1" --cert "$2" --key "$3" "$4" && exit
                sleep 0.1
            done
            exit 1
            """
        let (authority, client) = (certificateAuthority, clientCertificate)
        let output = try await executor.run {
            try ExternalProgram(path: "/bin/bash").attempt([
                "-c", loop, "ready", authority, client.certificate, client.key, address,
            ])
        }
        guard output.status == 0 else {
            throw Daemon.Failure(description: "\(address) does not get ready: \(daemon.logTail)")
        }
    }

    private func curl(_ arguments: [String]) async throws -> String {
        let program = try requireProgram("curl")
        let limits = ["-fsS", "--noproxy", "*", "--max-time", "30"]
        return try await executor.run {
            String(decoding: try program.run(limits + arguments), as: UTF8.self)
        }
    }

    /// Free ports, let go again: another process could take one before ours does, but the kernel hands them out in turn.
    private static func freePorts() throws -> [Int] {
        let sockets = try (0..<3).map { _ in try Socket.listening() }
        return try sockets.map { try $0.localPort() }
    }

    private static var programs: String {
        let variables = ProcessInfo.processInfo.environment
        return (variables["XDG_CACHE_HOME"] ?? (variables["HOME"] ?? "/root") + "/.cache") + "/velero-swift/kube/bin"
    }

    /// `deploy/dev/cluster` of this checkout, found from where this file was compiled.
    private static let clusterScripts: String = {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root.path + "/deploy/dev/cluster"
    }()
}
