// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Fields of both kinds that stand for a repository.
package protocol RepositoryFields: Sendable {
    var volumeNamespace: Field<String> { get }
    var backupStorageLocation: Field<String> { get }
    var resticIdentifier: Field<String> { get }
    var maintenanceFrequency: Field<GoDuration> { get }
    /// As stored; `phase` knows what an empty one means.
    var statusPhase: Field<RepositoryPhase> { get }
    var message: Field<String> { get }
    var lastMaintenanceTime: Field<KubeTime> { get }
}

/// A kind that stands for a repository: BackupRepository, or ResticRepository in clusters of Velero up to 1.9.
package protocol RepositoryResource: VeleroResource where Fields: RepositoryFields {
    /// The repository's format.
    var format: RepositoryType { get }
    /// Whether the kind's status lists maintenance runs.
    static var keepsHistory: Bool { get }
    /// Labels by which Velero finds the repository of a namespace in a location.
    static func labels(namespace: String, location: String) -> [String: String]
}

extension RepositoryResource {
    /// How far it is; an empty phase is `New`.
    package var phase: RepositoryPhase {
        get { self.statusPhase.flatMap { $0.text.isEmpty ? nil : $0 } ?? .new }
        set { self.statusPhase = newValue }
    }

    /// A new resource for the repository of a namespace in a location; the server fills in the rest.
    package init(for namespace: String, in location: String, of velero: String, name: String) {
        self.init(name: name, namespace: velero)
        metadata.labels = Self.labels(namespace: namespace, location: location)
        self.volumeNamespace = namespace
        self.backupStorageLocation = location
        // Definitions of several versions of Velero insist on both.
        self.resticIdentifier = ""
        self.maintenanceFrequency = GoDuration(nanoseconds: 0)
    }
}

extension BackupRepository: RepositoryResource {
    package var format: RepositoryType { self.repositoryType ?? .unset }
    package static var keepsHistory: Bool { true }

    package static func labels(namespace: String, location: String) -> [String: String] {
        ResticRepository.labels(namespace: namespace, location: location)
            .merging([VeleroLabel.repositoryType: RepositoryType.restic.text]) { $1 }
    }
}

extension ResticRepository: RepositoryResource {
    package var format: RepositoryType { .restic }
    package static var keepsHistory: Bool { false }

    package static func labels(namespace: String, location: String) -> [String: String] {
        [
            VeleroLabel.volumeNamespace: ObjectName.labelValue(namespace),
            VeleroLabel.storageLocation: ObjectName.labelValue(location),
        ]
    }
}
