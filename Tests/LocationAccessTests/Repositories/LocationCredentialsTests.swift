// SPDX-License-Identifier: Apache-2.0

import ClusterTestSupport
import Foundation
import HTTPTransport
import KubeModel
import ObjectStorage
import RepositoryEngine
import S3Storage
import TestSupport
import Testing
import VeleroAPI

@testable import LocationAccess

/// What a location trusts and who it is to a real S3 server.
@Suite(
    "Certificates and credentials of locations",
    .controlPlane,
    .tags(.integration),
    .timeLimit(.minutes(5)),
    .serialized
)
struct LocationCredentialsTests {
    private let shop = RepositoryKey(namespace: "shop", location: "default")

    /// A location on that server, without credentials.
    private func makeLocation(
        _ cluster: VeleroNamespace,
        _ server: S3TestServer,
        _ change: (inout BackupStorageLocation) -> Void = { _ in }
    ) async throws {
        try await cluster.makePassword()
        try await cluster.makeLocation {
            $0.config = ["s3Url": server.url, "region": "us-east-1", "s3ForcePathStyle": "true"]
            $0.prefix = "cluster"
            change(&$0)
        }
    }

    private func failure(_ repositories: LocationRepositories) async -> String {
        do {
            try await repositories.withRepository(shop) { _ in }
            return "no failure"
        } catch {
            return RepositoryProblem.text(error, namespace: "velero")
        }
    }

    private func keyFile(_ server: S3TestServer, profile: String = "default") -> [UInt8] {
        Array(
            "[\(profile)]\naws_access_key_id=\(server.accessKeyID)\naws_secret_access_key=\(server.secretAccessKey)\n"
                .utf8
        )
    }

    /// Has restic open what was made, by its own idea of TLS and credentials.
    private func expectRestic(_ server: S3TestServer, _ flags: [String] = []) throws {
        try ResticProgram.Release.newest.program().run(
            ["--no-cache", "--repo", server.location(bucket: "backups", prefix: "cluster/restic/shop")] + flags
                + ["snapshots"],
            environment: server.environment.merging(["RESTIC_PASSWORD": VeleroNamespace.password]) { $1 }
        )
    }

    @Test func `a server of a private authority is trusted by the location's certificates, and by nothing else`()
        async throws
    {
        try await VeleroNamespace.with("private-authority") { cluster in
            let plane = cluster.plane
            try await S3TestServer.withServer(
                .rclone,
                buckets: ["backups"],
                certificate: plane.serverCertificate
            ) { server in
                func pem(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
                let authority = try pem(plane.certificateAuthority)
                try await makeLocation(cluster, server)
                let repositories = cluster.repositories { $0.variables = server.environment }
                let unknown = await failure(repositories)
                #expect(unknown.contains("certificate"), "\(unknown)")

                try await cluster.changeLocation(["objectStorage": ["caCert": .string(Base64.encode(authority))]])
                try await repositories.initialize(shop)
                try await repositories.withRepository(shop) { _ in }
                try expectRestic(server, ["--cacert", plane.certificateAuthority])

                let stranger = Base64.encode(try pem(plane.otherAuthority))
                try await cluster.changeLocation(["objectStorage": ["caCert": .string(stranger)]])
                let untrusted = await failure(repositories)
                #expect(untrusted.contains("certificate"), "\(untrusted)")
                let noPEM = Base64.encode(Array("no PEM at all".utf8))
                try await cluster.changeLocation(["objectStorage": ["caCert": .string(noPEM)]])
                let unreadable = await failure(repositories)
                #expect(unreadable.contains("certificate"), "\(unreadable)")

                // The same from a Secret, as newer versions of Velero keep it.
                try await cluster.makeSecret("authorities", "ca.pem", authority)
                try await cluster.changeLocation([
                    "objectStorage": ["caCert": .null, "caCertRef": ["name": "authorities", "key": "ca.pem"]]
                ])
                try await repositories.withRepository(shop) { _ in }
                try await cluster.changeLocation([
                    "objectStorage": ["caCertRef": .null], "config": ["insecureSkipTLSVerify": "true"],
                ])
                try await repositories.withRepository(shop) { _ in }
            }
        }
    }

    @Test(.s3Server(.rclone))
    func `a location's own credentials are used, whatever the environment holds`() async throws {
        let server = try S3TestServer.required()
        try await VeleroNamespace.with("own-credentials") { cluster in
            try await cluster.makeSecret("own", "cloud", keyFile(server, profile: "backup"))
            try await makeLocation(cluster, server) {
                $0.config?["profile"] = "backup"
                $0.credentialName = "own"
                $0.credentialKey = "cloud"
            }
            let repositories = cluster.repositories {
                $0.variables = ["AWS_ACCESS_KEY_ID": "AKIAWRONG", "AWS_SECRET_ACCESS_KEY": "wrong"]
            }
            try await repositories.initialize(shop)
            try expectRestic(server)
            try await cluster.changeLocation(["credential": .null, "config": ["profile": .null]])
            let text = await failure(repositories)
            #expect(text.contains("failed: "), "\(text)")
            #expect(!text.contains("wrong") && !text.contains(server.secretAccessKey))
        }
    }

    @Test(.s3Server(.rclone))
    func `the mounted file of credentials is used, and keys put right there are taken up without a restart`()
        async throws
    {
        let server = try S3TestServer.required()
        try await withTemporaryDirectory { directory in
            try await VeleroNamespace.with("mounted-file") { cluster in
                let path = directory + "/cloud"
                try Data("[default]\naws_access_key_id=AKIAOLD\naws_secret_access_key=old\n".utf8)
                    .write(to: URL(fileURLWithPath: path))
                try await makeLocation(cluster, server)
                let repositories = cluster.repositories { $0.variables = ["AWS_SHARED_CREDENTIALS_FILE": path] }
                #expect(await failure(repositories).contains("failed: "))
                try Data(keyFile(server)).write(to: URL(fileURLWithPath: path))
                try await repositories.initialize(shop)
                try expectRestic(server)
            }
        }
    }

    @Test(.s3Server(.moto), arguments: [true, false])
    func `a web identity is traded for keys, that of the pod or that of the location's own profile`(isOwn: Bool)
        async throws
    {
        let server = try S3TestServer.required()
        try await withTemporaryDirectory { directory in
            try await VeleroNamespace.with(isOwn ? "own-identity" : "pod-identity") { cluster in
                let token = directory + "/token"
                try Data("a.b.c".utf8).write(to: URL(fileURLWithPath: token))
                let role = "arn:aws:iam::123456789012:role/backup"
                var variables = ["AWS_ENDPOINT_URL_STS": server.url, "AWS_EC2_METADATA_DISABLED": "true"]
                if isOwn {
                    // The pod's own keys must not be taken, not even when there are no others.
                    variables["AWS_ACCESS_KEY_ID"] = "AKIAPOD"
                    variables["AWS_SECRET_ACCESS_KEY"] = "pod"
                    let profile = "[default]\nrole_arn = \(role)\nweb_identity_token_file = \(token)\n"
                    try await cluster.makeSecret("identity", "cloud", Array(profile.utf8))
                } else {
                    variables["AWS_ROLE_ARN"] = role
                    variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = token
                }
                try await makeBucket(server)
                try await makeLocation(cluster, server) { location in
                    guard isOwn else { return }
                    location.credentialName = "identity"
                    location.credentialKey = "cloud"
                }
                let fixed = variables
                let repositories = cluster.repositories { $0.variables = fixed }
                try await repositories.initialize(shop)
                try await repositories.withRepository(shop) { _ in }
                try FileManager.default.removeItem(atPath: token)
                let text = await failure(cluster.repositories { $0.variables = fixed })
                #expect(text.contains(token), "\(text)")
            }
        }
    }

    /// Locations never make their bucket.
    private func makeBucket(_ server: S3TestServer) async throws {
        let connection = S3Connection(
            configuration: S3Configuration(location: try S3Location(parsing: server.location(bucket: "backups"))),
            transport: .init(),
            variables: server.environment
        )
        try await connection.withStorage { try await $0.createContainer() }
    }
}
