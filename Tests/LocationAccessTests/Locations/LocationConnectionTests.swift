// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import KubeModel
import S3Storage
import Testing
import VeleroAPI

@testable import LocationAccess

@Suite struct LocationConnectionTests {
    private func connection(
        _ config: [String: String],
        region: String? = nil,
        credential: (text: [UInt8], name: String)? = nil,
        variables: [String: String] = [:]
    ) throws -> S3Connection {
        var location = BackupStorageLocation(name: "default", namespace: "velero")
        location.config = config
        let bucket = try S3Location(parsing: "s3:http://minio:9000/backups/restic/shop")
        return try LocationConnection.make(
            location,
            bucket,
            region: region,
            authority: nil,
            credential: credential,
            variables: variables
        )
    }

    @Test func `the location's region wins over the one its bucket was found in`() throws {
        #expect(try connection(["region": "minio"], region: "eu-west-1").configuration.region == "minio")
        #expect(try connection([:], region: "eu-west-1").configuration.region == "eu-west-1")
        #expect(try connection(["region": ""]).configuration.region == nil)
    }

    @Test func `path style and unchecked certificates are used only if asked for`() throws {
        let plain = try connection([:])
        #expect(plain.configuration.addressing == .automatic && !plain.transport.allowsInsecureTLS)
        let asked = try connection(["s3ForcePathStyle": "true", "insecureSkipTLSVerify": "true"])
        #expect(asked.configuration.addressing == .path && asked.transport.allowsInsecureTLS)
        #expect(try !connection(["insecureSkipTLSVerify": "yes"]).transport.allowsInsecureTLS)
    }

    @Test func `the server is told which key to encrypt with`() throws {
        #expect(try connection([:]).configuration.encryption == .bucketDefault)
        #expect(try connection(["serverSideEncryption": "AES256"]).configuration.encryption == .aes256)
        #expect(try connection(["kmsKeyId": "k"]).configuration.encryption == .kms(keyID: "k"))
        #expect(throws: LocationError.self) { try connection(["serverSideEncryption": "rot13"]) }
    }

    @Test func `a profile chooses among the environment's, or within the location's own credentials`() throws {
        let shared = try connection(
            ["profile": "backup"],
            variables: ["AWS_SHARED_CREDENTIALS_FILE": "/credentials/cloud"]
        )
        #expect(shared.variables["AWS_PROFILE"] == "backup")
        let own = try connection(["profile": "backup"], credential: ([1], "Secret velero/own, key cloud"))
        guard case .sharedFile(_, let name, let profile) = own.credentials else {
            Issue.record("the location's own credentials are not used")
            return
        }
        #expect(name == "Secret velero/own, key cloud" && profile == "backup")
    }
}
