// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A real S3 server on this machine, started for a test and ended with it.
package struct S3TestServer: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// `rclone serve s3`: verifies signatures, keeps buckets as directories.
        case rclone
        /// `moto_server`: knows more of S3 (encryption, storage classes, STS, instance metadata), verifies no signatures.
        case moto
    }

    package let kind: Kind
    /// The address it listens on, on this machine.
    package let host: String
    package fileprivate(set) var port: Int
    package let accessKeyID = "AKIAIOSFODNN7EXAMPLE"
    package let secretAccessKey = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00"

    /// Whether it is reached by HTTPS alone.
    package var usesTLS = false

    /// `http://HOST:PORT` or `https://HOST:PORT`.
    package var url: String { "\(usesTLS ? "https" : "http")://\(host):\(port)" }

    /// The location of a bucket, as restic and this project write it.
    package func location(bucket: String, prefix: String = "") -> String {
        "s3:\(url)/\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix)")
    }

    /// Environment variables for a program that is to use the server.
    package var environment: [String: String] {
        [
            "AWS_ACCESS_KEY_ID": accessKeyID, "AWS_SECRET_ACCESS_KEY": secretAccessKey,
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
        ]
    }

    /// The server whose scope the current task is in; see ``S3ServerTrait``.
    @TaskLocal package static var current: S3TestServer?

    /// The server whose scope the current task is in.
    ///
    /// - Throws: When the test's suite lacks the trait.
    package static func required() throws -> S3TestServer {
        guard let current else { throw ServerProcess.Failure(description: "give the suite the trait .s3Server(…)") }
        return current
    }

    /// Runs `body` with a fresh, empty server.
    ///
    /// - Parameters:
    ///   - host: The address to listen on: that of the loopback, or of a network of this machine's own.
    ///   - buckets: Made beforehand; the server keeps what it knows of a directory that did not exist for a while.
    ///   - certificate: PEM files of the certificate it shows, and of its key; nil for plain HTTP. Of rclone only.
    /// - Throws: When the server's program is missing or does not start; tests fail then rather than pass unseen.
    package static func withServer<Result>(
        _ kind: Kind,
        host: String = "127.0.0.1",
        buckets: [String] = [],
        certificate: (certificate: String, key: String)? = nil,
        _ body: (S3TestServer) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { directory in
            // The servers' own settings must not come from whoever runs the tests.
            let environment = ["HOME": directory, "RCLONE_CONFIG": "\(directory)/none.conf", "PYTHONUNBUFFERED": "1"]
            switch kind {
            case .rclone:
                let root = directory + "/buckets"
                for path in [root] + buckets.map({ "\(root)/\($0)" }) {
                    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                }
                var server = S3TestServer(kind: kind, host: host, port: 0)
                server.usesTLS = certificate != nil
                let shown = certificate.map { ["--cert", $0.certificate, "--key", $0.key] } ?? []
                let ready = server
                return try await ServerProcess.run(
                    programs + "/rclone",
                    [
                        "serve", "s3", "--addr", "\(host):0", "-v",
                        "--auth-key", "\(ready.accessKeyID),\(ready.secretAccessKey)", root,
                    ] + shown,
                    environment: environment,
                    announcement: "Starting s3 server on [\(ready.usesTLS ? "https" : "http")://\(host):"
                ) { port in
                    var server = ready
                    server.port = port
                    return try await body(server)
                }
            case .moto:
                return try await ServerProcess.run(
                    programs + "/moto_server",
                    ["-H", host, "-p", "0"],
                    environment: environment,
                    announcement: "Running on http://\(host):"
                ) { port in try await body(S3TestServer(kind: kind, host: host, port: port)) }
            }
        }
    }

    /// Where `make deps` puts them.
    private static var programs: String {
        let variables = ProcessInfo.processInfo.environment
        let cache = variables["XDG_CACHE_HOME"] ?? (variables["HOME"] ?? "/root") + "/.cache"
        return cache + "/velero-swift/venv/bin"
    }
}
