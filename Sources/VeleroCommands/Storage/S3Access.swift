// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import LocationAccess
import ObjectStorage
import S3Storage

/// A bucket and how it is reached, read from a location, `-o s3.…` options and the environment.
struct S3Access: Sendable {
    private var configuration: S3Configuration
    private var isAnonymous = false
    private let environment: [String: String]
    private let settings: GlobalSettings

    /// - Throws: ``CommandFailure`` for options with impossible values, `StorageError` for an impossible location.
    init(
        location: String,
        options: inout ExtendedOptions,
        environment: [String: String],
        settings: GlobalSettings
    ) throws {
        self.environment = environment
        self.settings = settings
        configuration = S3Configuration(location: try S3Location(parsing: location))
        configuration.region = options.take("s3.region")
        if let count = try options.takeCount("s3.connections") { configuration.connectionCount = count }
        if let text = options.take("s3.bucket-lookup") {
            guard let addressing = BucketAddressing(rawValue: text) else {
                throw CommandFailure("the option -o s3.bucket-lookup=\(text) needs auto, dns or path")
            }
            configuration.addressing = addressing
        }
        if try options.takeFlag("s3.list-objects-v1") == true { configuration.listVersion = .v1 }
        if try options.takeFlag("s3.unsafe-anonymous-auth") == true { isAnonymous = true }
        if let storageClass = options.take("s3.storage-class") {
            try Self.requireReadable(storageClass)
            configuration.storageClass = { _ in storageClass }
        }
        configuration.encryption = try Self.encryption(&options)
    }

    /// Lends the store; its connections are closed afterwards.
    func withStorage<Result>(_ body: (any ObjectStorage) async throws -> Result) async throws -> Result {
        var transport = CurlHTTPClient.Configuration()
        transport.versions = .http1
        transport.certificateAuthorities = settings.certificateFile.map { .file($0) }
        transport.clientCertificate = settings.clientCertificateFile.map {
            .init(certificate: .file($0), key: .file($0))
        }
        transport.allowsInsecureTLS = settings.allowsInsecureTLS
        transport.stallTimeout = settings.stallTimeout
        transport.userAgent = settings.userAgent ?? "velero/\(ProgramVersion.number)"
        let connection = S3Connection(
            configuration: configuration,
            transport: transport,
            variables: environment,
            credentials: isAnonymous ? .anonymous : .environment
        )
        return try await connection.withStorage(body)
    }

    /// Archive classes must hold data packs only, and a pack's name does not tell what it holds.
    private static func requireReadable(_ storageClass: String) throws(CommandFailure) {
        guard !["GLACIER", "DEEP_ARCHIVE"].contains(storageClass.uppercased()) else {
            throw CommandFailure(
                "the storage class \(storageClass) cannot be read at once, which every command needs; use GLACIER_IR or STANDARD_IA"
            )
        }
    }

    private static func encryption(_ options: inout ExtendedOptions) throws -> ServerSideEncryption {
        let keyID = options.take("s3.sse-kms-key-id")
        switch options.take("s3.sse") {
        case nil where keyID != nil, "aws:kms": return .kms(keyID: keyID)
        case nil: return .bucketDefault
        case "AES256" where keyID == nil: return .aes256
        default:
            throw CommandFailure("the option -o s3.sse needs AES256, or aws:kms with an optional s3.sse-kms-key-id")
        }
    }
}
