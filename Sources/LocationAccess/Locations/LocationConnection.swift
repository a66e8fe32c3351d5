// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import KubeModel
import ObjectStorage
import S3Storage
import VeleroAPI

/// How the bucket of a location is reached, from the location's settings; decides only.
enum LocationConnection {
    /// - Parameters:
    ///   - bucket: From the repository's identifier.
    ///   - region: Where the bucket was found; the location's own setting wins.
    ///   - authority: PEM of the only certificates to trust; nil for the system's.
    ///   - credential: Text of a shared credentials file of the location's own, and what to call it.
    ///   - variables: Environment variables, for everything the location does not say.
    static func make(
        _ location: BackupStorageLocation,
        _ bucket: S3Location,
        region: String?,
        authority: [UInt8]?,
        credential: (text: [UInt8], name: String)?,
        variables: [String: String]
    ) throws -> S3Connection {
        let config = (location.config ?? [:]).filter { !$0.value.isEmpty }
        var configuration = S3Configuration(location: bucket)
        configuration.region = config["region"] ?? region
        if config["s3ForcePathStyle"].map(isTrue) == true { configuration.addressing = .path }
        if let url = config["publicUrl"] {
            configuration.publicLocation = try publicLocation(url, bucket, location.name)
        }
        // Keys of the customer's own (SSE-C) are for metadata only: restic sends none, and could not read what was stored with them.
        configuration.encryption = try encryption(config, location.name)
        var transport = CurlHTTPClient.Configuration()
        transport.versions = .http1
        transport.certificateAuthorities = authority.map { .bytes($0) }
        transport.allowsInsecureTLS = config["insecureSkipTLSVerify"].map(isTrue) == true
        transport.connectTimeout = .seconds(15)
        let profile = config["profile"]
        if let credential {
            return S3Connection(
                configuration: configuration,
                transport: transport,
                variables: variables,
                credentials: .sharedFile(credential.text, name: credential.name, profile: profile)
            )
        }
        var variables = variables
        if let profile { variables["AWS_PROFILE"] = profile }
        return S3Connection(configuration: configuration, transport: transport, variables: variables)
    }

    /// The server as people outside of the cluster reach it, for URLs they get.
    @inline(never)
    private static func publicLocation(_ url: String, _ bucket: S3Location, _ name: String) throws -> S3Location {
        do {
            return try S3Location(parsing: "s3:" + (url.hasSuffix("/") ? url : url + "/") + bucket.bucket)
        } catch {
            throw LocationError(.incomplete, "backup storage location \(name): publicUrl: \(error.message)")
        }
    }

    private static func encryption(_ config: [String: String], _ name: String) throws -> ServerSideEncryption {
        switch config["serverSideEncryption"] {
        case nil: config["kmsKeyId"].map { .kms(keyID: $0) } ?? .bucketDefault
        case "AES256": .aes256
        case "aws:kms": .kms(keyID: config["kmsKeyId"])
        case let other?:
            throw LocationError(
                .incomplete,
                "backup storage location \(name): serverSideEncryption \"\(other)\" is neither AES256 nor aws:kms"
            )
        }
    }

    /// What Go takes for true.
    private static func isTrue(_ text: String) -> Bool { ["1", "t", "T", "TRUE", "true", "True"].contains(text) }
}
