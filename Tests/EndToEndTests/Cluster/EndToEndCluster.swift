// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import Foundation
import HTTPTransport
import KubeClient
import KubeModel
import TestSupport
import Testing
import VeleroAPI

/// A running cluster with this project installed in it, for as long as the suites run.
struct EndToEndCluster: Sendable {
    /// Where pods reach servers of this machine.
    static let hostAddress = "10.244.0.1"
    /// Velero's namespace.
    static let namespace = "velero"
    /// The image that `make e2e` loads.
    static let image = "localhost/velero:dev"
    /// Where the kubelet keeps the volumes of pods.
    static let podsDirectory = "/var/lib/kubelet/pods"

    let client: KubeClient
    let store: S3TestServer
    /// The program under test, on this machine.
    let velero: ExternalProgram
    private let executor = BlockingExecutor(name: "cluster programs", threadCount: 4)

    @TaskLocal static var current: EndToEndCluster?

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func required() throws -> EndToEndCluster {
        guard let current else { throw Failure(description: "give the suite the trait .cluster") }
        return current
    }

    /// Installs into the cluster that `KUBECONFIG` names, runs `body`, and takes everything away again.
    static func withInstallation(_ body: (EndToEndCluster) async throws -> Void) async throws {
        let variables = ProcessInfo.processInfo.environment
        guard let kubeconfig = variables["KUBECONFIG"], let binary = variables["VELERO_BINARY"] else {
            throw Failure(description: "these tests need KUBECONFIG and VELERO_BINARY: run make e2e")
        }
        let environment = ConfigurationEnvironment(variables: variables) { words, _ in
            throw Failure(description: "credentials of the test cluster need no program \(words)")
        }
        let configuration = try await ClusterConfiguration.load(path: kubeconfig, environment)
        try await S3TestServer.withServer(.rclone, host: hostAddress, buckets: ["velero"]) { store in
            try await KubeClient.withClient(configuration) { client in
                let cluster = EndToEndCluster(client: client, store: store, velero: ExternalProgram(path: binary))
                let outcome: Result<Void, any Error>
                do {
                    try await cluster.install()
                    try await body(cluster)
                    outcome = .success(())
                } catch {
                    outcome = .failure(error)
                }
                try await cluster.run(cluster.velero, ["uninstall", "--force", "--wait"])
                try outcome.get()
            }
        }
    }

    private func install() async throws {
        try await withTemporaryDirectory { directory in
            let secret = directory + "/credentials"
            try write(secret, credentials())
            try await run(
                velero,
                [
                    "install", "--provider", "aws", "--bucket", "velero", "--prefix", "e2e", "--secret-file", secret,
                    "--use-node-agent", "--image", Self.image, "--wait", "--backup-location-config",
                    "region=us-east-1,s3ForcePathStyle=true,s3Url=\(store.url)",
                ]
            )
        }
    }

    /// The keys of the store as a shared credentials file.
    func credentials(secret: String? = nil) -> String {
        """
        [default]
        aws_access_key_id = \(store.accessKeyID)
        aws_secret_access_key = \(secret ?? store.secretAccessKey)

        """
    }

    /// Where a namespace's repository is, for restic on this machine.
    func repository(of namespace: String) -> String {
        store.location(bucket: "velero", prefix: "e2e/restic/\(namespace)")
    }

    /// Runs restic on a namespace's repository with the password every installation has unless told otherwise.
    @discardableResult
    func restic(_ arguments: [String], namespace: String) async throws -> String {
        let restic = try ResticProgram.Release.newest.program()
        var environment = store.environment
        environment["RESTIC_PASSWORD"] = VeleroObjectName.defaultRepositoryPassword
        environment["RESTIC_REPOSITORY"] = repository(of: namespace)
        return try await run(restic, ["--no-cache"] + arguments, environment: environment)
    }

    // MARK: Programs

    /// Runs a program to its successful end and gives what it printed.
    @discardableResult
    func run(
        _ program: ExternalProgram,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String = ""
    ) async throws -> String {
        try await executor.run {
            let output = try program.run(arguments, environment: environment, input: Array(input.utf8))
            return String(decoding: output, as: UTF8.self)
        }
    }

    /// Runs kubectl as the administrator and gives what it printed.
    @discardableResult
    func kubectl(_ arguments: String..., input: String = "") async throws -> String {
        try await run(try requireProgram("kubectl"), arguments, input: input)
    }

    /// Runs a command in a pod's first container and gives what it printed.
    @discardableResult
    func exec(_ pod: Pod, _ script: String) async throws -> String {
        var output: [UInt8] = []
        let code = try await client.exec(
            in: pod.key,
            container: pod.containers.first?.name,
            command: ["sh", "-c", script],
            timeout: .seconds(60)
        ) { _, bytes in output += bytes }
        let text = String(decoding: output, as: UTF8.self)
        guard code == 0 else { throw Failure(description: "\(script) ended with \(code) in \(pod.key): \(text)") }
        return text
    }

    // MARK: Waiting

    /// Waits until an object is in a state, or gone if the state says so of nil.
    ///
    /// - Throws: ``Failure`` with the object as it is when the deadline passes.
    @discardableResult
    func wait<Resource: KubeResource>(
        for _: Resource.Type,
        _ key: ObjectKey,
        _ what: String,
        within limit: Duration = .seconds(120),
        until isMet: @escaping @Sendable (Resource?) -> Bool
    ) async throws -> Resource? {
        do {
            return try await withDeadline(limit, clock: ContinuousClock()) {
                try await waited(Resource.self, key, isMet)
            }
        } catch is DeadlineExceeded {
            let last = try await client.get(Resource.self, key)
            let text = last.map { String(decoding: $0.object.bytes, as: UTF8.self) } ?? "gone"
            throw Failure(description: "\(key) is not \(what) after \(limit): \(text)")
        }
    }

    private func waited<Resource: KubeResource>(
        _: Resource.Type,
        _ key: ObjectKey,
        _ isMet: @Sendable (Resource?) -> Bool
    ) async throws -> Resource? {
        let options = ListOptions(fields: FieldSelector("metadata.name", is: key.name))
        while true {
            var found: Resource?
            let version = try await client.list(Resource.resourceType, namespace: key.namespace, options: options) {
                if case .success(let object) = $0 { found = Resource(object: object) }
            }
            if isMet(found) { return found }
            do {
                try await client.watch(
                    Resource.resourceType,
                    namespace: key.namespace,
                    options: options,
                    resourceVersion: version
                ) { event in
                    switch event {
                    case .added(let object), .modified(let object):
                        found = Resource(object: object)
                    case .deleted: found = nil
                    default: return
                    }
                    if isMet(found) { throw Met() }
                }
            } catch is Met {
                return found
            } catch let error as KubeError where error.isRetryable || error.code == .network {
                // The API server was restarted; the list comes as soon as it answers.
                try await serverAnswers()
            }
        }
    }

    /// Ends a watch from within.
    private struct Met: Error {}

    /// Waits until the API server answers.
    func serverAnswers() async throws {
        try await kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=60s")
    }
}

/// Writes a small text file.
func write(_ path: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}
