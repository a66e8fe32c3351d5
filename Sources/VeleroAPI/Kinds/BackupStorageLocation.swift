// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A bucket or directory that backups go to.
package struct BackupStorageLocation: VeleroResource {
    package static let resourceType = ResourceType.velero("BackupStorageLocation", "backupstoragelocations")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: Sendable {
        package let provider = Field<String>("spec.provider")
        package let config = Field<[String: String]>("spec.config")
        /// The Secret with credentials of its own.
        package let credentialName = Field<String>("spec.credential.name")
        package let credentialKey = Field<String>("spec.credential.key")
        package let bucket = Field<String>("spec.objectStorage.bucket")
        /// As given; ``BackupStorageLocation/cleanPrefix`` is free of slashes around it.
        package let prefix = Field<String>("spec.objectStorage.prefix")
        /// PEM, in Base64.
        package let caCertificates = Field<String>("spec.objectStorage.caCert")
        package let caSecretName = Field<String>("spec.objectStorage.caCertRef.name")
        package let caSecretKey = Field<String>("spec.objectStorage.caCertRef.key")
        package let isDefault = Field<Bool>("spec.default")
        package let accessMode = Field<AccessMode>("spec.accessMode")
        package let backupSyncPeriod = Field<GoDuration>("spec.backupSyncPeriod")
        package let validationFrequency = Field<GoDuration>("spec.validationFrequency")
        package let phase = Field<LocationPhase>("status.phase")
        package let lastSyncedTime = Field<KubeTime>("status.lastSyncedTime")
        package let lastValidationTime = Field<KubeTime>("status.lastValidationTime")
        package let message = Field<String>("status.message")
    }

    /// The provider with its group: `aws` is short for `velero.io/aws`.
    package var fullProvider: String {
        let provider = self.provider ?? ""
        return provider.contains("/") ? provider : "velero.io/" + provider
    }

    /// Whether nothing may be written or deleted there.
    package var isReadOnly: Bool { self.accessMode == .readOnly }

    /// Whether the server found that it cannot be used; one that was not tried yet is not.
    package var isUnavailable: Bool { self.phase == .unavailable }

    /// The prefix without slashes around it.
    package var cleanPrefix: String {
        let parts = (self.prefix ?? "").split(separator: "/", omittingEmptySubsequences: true)
        return parts.joined(separator: "/")
    }
}
