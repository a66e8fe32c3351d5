// SPDX-License-Identifier: Apache-2.0

internal import ByteTransforms

/// Phantom type of ``RepositoryID``.
package enum RepositoryNaming {}

/// The random id of a repository, which names its cache directory.
package typealias RepositoryID = ContentID<RepositoryNaming>

/// Generations of the repository format.
package enum RepositoryVersion: Int, Sendable, CaseIterable, Comparable {
    /// No compression anywhere.
    case v1 = 1
    /// Compressed blobs and files; data and trees strictly in separate packs.
    case v2 = 2

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What the `config` file of a repository says; fixed for its whole life but for the version.
package struct RepositoryConfig: Hashable, Sendable {
    /// Most bytes a config file may have; real ones have about 155.
    package static let maximumByteCount = 64 << 10

    package var version: RepositoryVersion
    package let id: RepositoryID
    /// Decides where files are cut, so that repositories sharing it can deduplicate against each other.
    package let polynomial: Polynomial
    /// Members this format does not define; kept when the file is written again.
    package let extra: [JSONExtraMember]

    package init(
        version: RepositoryVersion,
        id: RepositoryID,
        polynomial: Polynomial,
        extra: [JSONExtraMember] = []
    ) {
        self.version = version
        self.id = id
        self.polynomial = polynomial
        self.extra = extra
    }

    /// Makes the config of a new repository.
    ///
    /// - Parameter polynomial: Of a repository to deduplicate with; a random one if nil.
    package init(
        version: RepositoryVersion,
        polynomial: Polynomial? = nil,
        using generator: inout some RandomNumberGenerator
    ) {
        let id = RepositoryID(
            Digest256(words: (generator.next(), generator.next(), generator.next(), generator.next()))
        )
        self.init(version: version, id: id, polynomial: polynomial ?? .random(using: &generator))
    }
}
