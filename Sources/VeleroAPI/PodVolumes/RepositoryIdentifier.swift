// SPDX-License-Identifier: Apache-2.0

internal import KubeModel

/// Where the repository of a namespace is, in restic's notation.
package enum RepositoryIdentifier {
    /// Why there is none.
    package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        package enum Code: String, Sendable {
            /// The bucket's region must be asked for and given.
            case regionUnknown
            /// The location is of a kind that cannot be read or written here.
            case unsupported
            /// The location's specification lacks something.
            case incomplete
        }
        package let code: Code
        /// What is wrong and what to do about it.
        package let description: String
    }

    /// The identifier by the rules of Velero, so that both find the same repository.
    ///
    /// - Parameters:
    ///   - namespace: The namespace of the pods when they were backed up.
    ///   - bucketRegion: The region the bucket was found in; needed if ``needsBucketRegion(_:)``.
    /// - Throws: ``Failure``.
    package static func make(
        location: BackupStorageLocation,
        namespace: String,
        bucketRegion: String? = nil
    ) throws(Failure) -> String {
        guard ObjectName.isLabel(namespace) else {
            throw Failure(code: .incomplete, description: "\"\(namespace)\" is no name of a namespace")
        }
        return try prefix(location, bucketRegion) + "/" + namespace
    }

    /// Whether the bucket's region must be asked of S3 before an identifier can be made.
    package static func needsBucketRegion(_ location: BackupStorageLocation) -> Bool {
        let config = location.config ?? [:]
        return location.fullProvider == "velero.io/aws" && config["resticRepoPrefix", default: ""].isEmpty
            && config["s3Url", default: ""].isEmpty && config["region", default: ""].isEmpty
    }

    /// The root of a location, in restic's notation: where its backups are, whatever its repositories' prefix.
    ///
    /// - Parameter bucketRegion: The region the bucket was found in; needed if ``rootNeedsBucketRegion(_:)``.
    /// - Throws: ``Failure``.
    package static func root(of location: BackupStorageLocation, bucketRegion: String? = nil) throws(Failure) -> String
    {
        guard location.fullProvider == "velero.io/aws" else {
            throw Failure(
                code: .unsupported,
                description:
                    "backups of provider \(location.fullProvider) cannot be used yet: use a bucket that is reached by S3 "
                    + "(provider aws, with s3Url for other services than Amazon's)"
            )
        }
        return try place(of: location, below: [], bucketRegion)
    }

    /// Whether the bucket's region must be asked of S3 before a root can be made.
    package static func rootNeedsBucketRegion(_ location: BackupStorageLocation) -> Bool {
        let config = location.config ?? [:]
        return location.fullProvider == "velero.io/aws" && config["s3Url", default: ""].isEmpty
            && config["region", default: ""].isEmpty
    }

    private static func prefix(_ location: BackupStorageLocation, _ bucketRegion: String?) throws(Failure) -> String {
        let config = location.config ?? [:]
        if let given = config["resticRepoPrefix"], !given.isEmpty { return try supported(given) }
        return try place(of: location, below: ["restic"], bucketRegion)
    }

    private static func place(
        of location: BackupStorageLocation,
        below folders: [String],
        _ bucketRegion: String?
    ) throws(Failure) -> String {
        let config = location.config ?? [:]
        let place = ([location.bucket ?? "", location.cleanPrefix] + folders).filter { !$0.isEmpty }.joined(
            separator: "/"
        )
        switch location.fullProvider {
        case "velero.io/aws":
            guard let bucket = location.bucket, !bucket.isEmpty else {
                throw Failure(
                    code: .incomplete,
                    description: "backup storage location \(location.name) names no bucket"
                )
            }
            if let url = config["s3Url"], !url.isEmpty { return "s3:\(withoutTrailingSlash(url))/\(place)" }
            let region = config["region"].flatMap { $0.isEmpty ? nil : $0 } ?? bucketRegion ?? ""
            guard !region.isEmpty else {
                throw Failure(code: .regionUnknown, description: "failed to detect the region via bucket: \(bucket)")
            }
            return "s3:s3-\(region).amazonaws.com/\(place)"
        case "velero.io/azure", "velero.io/gcp":
            throw unsupported(location.fullProvider == "velero.io/gcp" ? "Google Cloud Storage" : "Azure Blob Storage")
        default:
            throw Failure(
                code: .incomplete,
                description:
                    "restic repository prefix (resticRepoPrefix) not specified in backup storage location's config"
            )
        }
    }

    /// A prefix given in the location's config: S3 or a directory that every node sees.
    private static func supported(_ given: String) throws(Failure) -> String {
        let prefix = withoutTrailingSlash(given)
        if prefix.hasPrefix("s3:") { return prefix }
        for scheme in ["local:", "file://", "file:", ""] where prefix.hasPrefix(scheme + "/") {
            let path = prefix.dropFirst(scheme.count)
            guard !path.split(separator: "/").contains("..") else {
                throw Failure(code: .incomplete, description: "resticRepoPrefix must not contain \"..\"")
            }
            return "local:" + path
        }
        let stores = ["azure": "Azure Blob Storage", "gs": "Google Cloud Storage"]
        let scheme = String(prefix.prefix { $0 != ":" })
        throw unsupported(stores[scheme] ?? "\"\(scheme):\"")
    }

    private static func unsupported(_ store: String) -> Failure {
        Failure(
            code: .unsupported,
            description: "repositories in \(store) cannot be used yet: use a bucket that is reached by S3 "
                + "(provider aws, with s3Url for other services than Amazon's), or a directory (resticRepoPrefix: file:///path)"
        )
    }

    private static func withoutTrailingSlash(_ text: String) -> String {
        var text = text
        while text.hasSuffix("/"), text.count > 1 { text.removeLast() }
        return text
    }
}
