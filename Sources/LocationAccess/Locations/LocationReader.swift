// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import KubeClient
import KubeModel
import ObjectStorage
import RepositoryEngine
import S3Storage
import VeleroAPI

/// Reads a location and the Secrets it needs, and says how its repositories are reached.
struct LocationReader: Sendable {
    let client: KubeClient
    /// Velero's namespace.
    let namespace: String
    /// Environment variables of this process.
    let variables: [String: String]
    let regions: BucketRegions

    /// - Throws: ``LocationError`` for what a person must set right, `KubeError` when the API server does not answer.
    func access(_ key: RepositoryKey) async throws -> RepositoryAccess {
        let location = try await location(key.location)
        let password = try await password()
        var secrets = [password.secret.version]
        let credential = try await credential(of: location)
        if let credential { secrets.append("\(credential.secret.version)/\(location.credentialKey ?? "")") }
        let authority = try await certificates(of: location)
        if let secret = authority?.secret { secrets.append("\(secret.version)/\(location.caSecretKey ?? "")") }
        let region = try await bucketRegion(of: location)
        let identifier = try Self.identifier(location, key.namespace, region)
        let place = try RepositoryPlace(identifier: identifier)
        var connection: S3Connection?
        if case .s3(let bucket) = place {
            connection = try LocationConnection.make(
                location,
                bucket,
                region: region,
                authority: authority?.bytes,
                credential: credential.map { ($0.bytes, $0.name) },
                variables: variables
            )
        }
        return RepositoryAccess(
            identifier: identifier,
            place: place,
            isReadOnly: location.isReadOnly,
            version: RepositoryAccess.Version(
                identifier: identifier,
                isReadOnly: location.isReadOnly,
                config: location.config ?? [:],
                certificates: location.caCertificates ?? "",
                secrets: secrets
            ),
            clusterMark: ClusterMark.make(secretUID: password.secret.metadata.uid),
            password: RepositoryPassword(password.bytes),
            connection: connection
        )
    }

    /// How the bucket of a location is reached, from the location's root on.
    ///
    /// - Throws: As ``access(_:)``.
    func bucket(_ name: String) async throws -> (connection: S3Connection, isReadOnly: Bool) {
        let location = try await location(name)
        let credential = try await credential(of: location)
        let authority = try await certificates(of: location)
        var region: String?
        if RepositoryIdentifier.rootNeedsBucketRegion(location), let bucket = location.bucket {
            region = try await regions.region(of: bucket)
        }
        let connection = try LocationConnection.make(
            location,
            try S3Location(parsing: try Self.root(location, region)),
            region: region,
            authority: authority?.bytes,
            credential: credential.map { ($0.bytes, $0.name) },
            variables: variables
        )
        return (connection, location.isReadOnly)
    }

    func location(_ name: String) async throws -> BackupStorageLocation {
        guard ObjectName.isSubdomain(name) else {
            throw LocationError(.incomplete, "\"\(name)\" is no name of a backup storage location")
        }
        let key = ObjectKey(namespace: namespace, name: name)
        guard let location = try await client.get(BackupStorageLocation.self, key) else {
            throw LocationError(
                .locationMissing,
                "backup storage location \(namespace)/\(name) does not exist; create it, or correct the name"
            )
        }
        let problems = location.validate()
        guard problems.isEmpty else {
            throw LocationError(.incomplete, "backup storage location \(name): \(problems.joined(separator: "; "))")
        }
        return location
    }

    // MARK: Secrets

    private struct Read {
        var secret: Secret
        var bytes: [UInt8]
        var name: String
    }

    /// The password all repositories of an installation share.
    private func password() async throws -> Read {
        let key = VeleroObjectName.repositoryPasswordKey
        for name in [VeleroObjectName.repositoryCredentials, VeleroObjectName.oldRepositoryCredentials] {
            let secret = try await client.get(Secret.self, ObjectKey(namespace: namespace, name: name))
            guard let secret else { continue }
            guard let bytes = secret[data: key], !bytes.isEmpty else {
                throw LocationError(
                    .secretMissing,
                    "Secret \(namespace)/\(name) has no \(key): put the password of the repositories there"
                )
            }
            return Read(secret: secret, bytes: bytes, name: name)
        }
        throw LocationError(
            .secretMissing,
            "Secret \(namespace)/\(VeleroObjectName.repositoryCredentials) with the password of the repositories (\(key)) does not "
                + "exist; the server makes it when it starts"
        )
    }

    private func credential(of location: BackupStorageLocation) async throws -> Read? {
        guard let name = location.credentialName, let key = location.credentialKey, !name.isEmpty else { return nil }
        return try await secret(name, key, for: "the credentials of backup storage location \(location.name)")
    }

    /// The certificates to trust: in the location or in a Secret; nil for the system's.
    private func certificates(
        of location: BackupStorageLocation
    ) async throws -> (bytes: [UInt8], secret: Secret?)? {
        if let name = location.caSecretName, !name.isEmpty {
            let purpose = "the certificates of backup storage location \(location.name)"
            let read = try await secret(name, location.caSecretKey ?? "", for: purpose)
            return (read.bytes, read.secret)
        }
        guard let text = location.caCertificates, !text.isEmpty else { return nil }
        guard let bytes = Base64.decode(text) else {
            throw LocationError(
                .incomplete,
                "backup storage location \(location.name): spec.objectStorage.caCert is no Base64; it must hold PEM text in Base64"
            )
        }
        return (bytes, nil)
    }

    private func secret(_ name: String, _ key: String, for purpose: String) async throws -> Read {
        guard ObjectName.isSubdomain(name),
            let secret = try await client.get(Secret.self, ObjectKey(namespace: namespace, name: name))
        else {
            throw LocationError(.secretMissing, "Secret \(namespace)/\(name) with \(purpose) does not exist; create it")
        }
        guard let bytes = secret[data: key] else {
            throw LocationError(
                .secretMissing,
                "Secret \(namespace)/\(name) has no key \"\(key)\" with \(purpose); it has \(secret.keys.joined(separator: ", "))"
            )
        }
        return Read(secret: secret, bytes: bytes, name: "Secret \(namespace)/\(name), key \(key)")
    }

    // MARK: Place

    private func bucketRegion(of location: BackupStorageLocation) async throws -> String? {
        guard RepositoryIdentifier.needsBucketRegion(location), let bucket = location.bucket else { return nil }
        return try await regions.region(of: bucket)
    }

    @inline(never)
    private static func identifier(
        _ location: BackupStorageLocation,
        _ namespace: String,
        _ region: String?
    ) throws -> String {
        do {
            return try RepositoryIdentifier.make(location: location, namespace: namespace, bucketRegion: region)
        } catch {
            throw failure(error, location)
        }
    }

    @inline(never)
    private static func root(_ location: BackupStorageLocation, _ region: String?) throws -> String {
        do {
            return try RepositoryIdentifier.root(of: location, bucketRegion: region)
        } catch {
            throw failure(error, location)
        }
    }

    private static func failure(
        _ error: RepositoryIdentifier.Failure,
        _ location: BackupStorageLocation
    ) -> LocationError {
        let code: LocationError.Code = error.code == .unsupported ? .unsupported : .incomplete
        return LocationError(code, "backup storage location \(location.name): \(error.description)")
    }
}

extension Secret {
    /// Changes with every change of the Secret, also when it was deleted and made again.
    fileprivate var version: String { "\(metadata.uid ?? "")/\(metadata.resourceVersion ?? "")" }
}
