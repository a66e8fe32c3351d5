// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
package import KubeClient
internal import KubeModel
package import KubeRuntime
package import RepositoryEngine
internal import VeleroAPI

/// The resources that stand for repositories: finds or makes the one of a key, and waits until the server says that it can be used.
///
/// Follows the resources by a watch; nothing is polled.
package final class RepositoryResources: Sendable {
    /// Which kind a cluster keeps.
    package enum Kind: String, Sendable {
        case backupRepository
        /// Velero up to 1.9.
        case resticRepository
    }

    package let kind: Kind
    /// All resources of the kind in Velero's namespace.
    package let store: ObjectStore
    private let client: KubeClient
    private let namespace: String
    private let clock: any Clock<Duration>
    private let waitLimit: Duration
    private let news = LatestValue(0)
    private let report: @Sendable (Reflector.Report) -> Void
    private let onChange: @Sendable (StoreChange) -> Void

    private static let index = "repository"

    /// - Parameters:
    ///   - namespace: Velero's.
    ///   - waitLimit: How long ``ready(_:)`` waits.
    ///   - report: Told what the watch meets; must not block.
    ///   - onChange: Told of each change; must not block.
    package init(
        _ kind: Kind = .backupRepository,
        client: KubeClient,
        namespace: String,
        waitLimit: Duration = .seconds(300),
        clock: any Clock<Duration> = ContinuousClock(),
        report: @escaping @Sendable (Reflector.Report) -> Void = { _ in },
        onChange: @escaping @Sendable (StoreChange) -> Void = { _ in }
    ) {
        self.kind = kind
        self.client = client
        self.namespace = namespace
        self.waitLimit = waitLimit
        self.clock = clock
        self.report = report
        self.onChange = onChange
        store = ObjectStore(indexes: [Self.index: { [Self.indexValue(BackupRepository(object: $0))] }])
    }

    /// Which kind a cluster keeps: the newer one unless only the older is there.
    package static func kind(in discovery: Discovery) -> Kind {
        let hasNew = discovery.resource(for: BackupRepository.gvk) != nil
        let hasOld = discovery.resource(for: ResticRepository.gvk) != nil
        return hasOld && !hasNew ? .resticRepository : .backupRepository
    }

    /// Keeps ``store`` up to date, for a controller to run.
    package func reflector() -> Reflector {
        let type = kind == .backupRepository ? BackupRepository.resourceType : ResticRepository.resourceType
        return Reflector(
            Reflector.Configuration(type, namespace: namespace),
            client: client,
            store: store,
            clock: clock,
            report: report,
            onChange: { [onChange, news] change in
                onChange(change)
                news.update { $0 += 1 }
            }
        )
    }

    /// Keeps ``store`` up to date until cancelled.
    ///
    /// - Throws: `CancellationError`.
    package func run() async throws { try await reflector().run() }

    /// Waits until the repository of a key can be used, making its resource if there is none.
    ///
    /// - Throws: ``LocationError`` with `.notReady` and the server's message, `.ambiguous` or `.timedOut`; `KubeError`.
    package func ready(_ key: RepositoryKey) async throws {
        do {
            try await withDeadline(waitLimit, clock: clock) { try await self.waitUntilReady(key) }
        } catch is DeadlineExceeded {
            throw LocationError(
                .timedOut,
                "timed out waiting for \(words) to become ready (\(key)); check that the server runs and what its log says"
            )
        }
    }

    /// Makes the resource of a key if there is none.
    ///
    /// - Throws: ``LocationError`` with `.ambiguous`; `KubeError`.
    package func ensure(_ key: RepositoryKey) async throws {
        try await store.waitUntilSynced()
        guard try found(key) == nil else { return }
        switch kind {
        case .backupRepository: try await create(BackupRepository.self, key)
        case .resticRepository: try await create(ResticRepository.self, key)
        }
    }

    private func waitUntilReady(_ key: RepositoryKey) async throws {
        try await store.waitUntilSynced()
        var version = 0
        var isMade = false
        while true {
            if let found = try found(key) {
                switch found.phase {
                case .ready: return
                case .notReady: throw LocationError(.notReady, "\(words) is not ready: \(found.message)")
                case .new, .unknown: break
                }
            } else if !isMade {
                try await ensure(key)
                isMade = true
            }
            guard let next = try await news.next(after: version) else { throw CancellationError() }
            version = next.version
        }
    }

    /// The resource of a key as the watch last told it.
    private func found(_ key: RepositoryKey) throws -> (phase: RepositoryPhase, message: String)? {
        // By the fields: labels of long names are cut.
        let matches = store.objects(index: Self.index, value: "\(key.namespace)/\(key.location)")
            .map(BackupRepository.init(object:))
            .filter { $0.format.isRestic && !$0.metadata.isBeingDeleted }
        guard matches.count <= 1 else {
            throw LocationError(
                .ambiguous,
                "more than one \(kindName) found for workload namespace \"\(key.namespace)\", backup storage location "
                    + "\"\(key.location)\": \(matches.map(\.name).sorted().joined(separator: ", ")); delete all but one"
            )
        }
        return matches.first.map { ($0.phase, $0.message ?? "") }
    }

    private func create<Resource: RepositoryResource>(_: Resource.Type, _ key: RepositoryKey) async throws {
        let name = ObjectName.backupRepository(namespace: key.namespace, location: key.location, type: .restic)
        // Of two keys whose parts join to the same name, the second gets one of its own.
        for name in [name, ObjectName.derived(from: name, key.namespace, key.location)] {
            let resource = Resource(for: key.namespace, in: key.location, of: namespace, name: name)
            var object = resource.object
            if kind == .backupRepository {
                object["spec", "repositoryType"] = .string(RepositoryType.restic.text)
            }
            do {
                _ = try await client.create(Resource(object: object))
                return
            } catch let error as KubeError {
                guard error.code == .alreadyExists else { throw error }
            }
            let other = try await client.get(Resource.self, ObjectKey(namespace: namespace, name: name))
            guard let other else { continue }
            if other.volumeNamespace == key.namespace, other.backupStorageLocation == key.location { return }
        }
        throw LocationError(.ambiguous, "the names \(name)… are taken by resources of other repositories; rename those")
    }

    private static func indexValue(_ resource: BackupRepository) -> String {
        "\(resource.volumeNamespace ?? "")/\(resource.backupStorageLocation ?? "")"
    }

    private var kindName: String { kind == .backupRepository ? "BackupRepository" : "ResticRepository" }
    private var words: String { kind == .backupRepository ? "backup repository" : "restic repository" }
}

/// Lends the repositories that the server says can be used: what node agents work with.
package struct ReadyRepositories: RepositoryProvider {
    private let resources: RepositoryResources
    private let repositories: LocationRepositories

    package init(_ resources: RepositoryResources, _ repositories: LocationRepositories) {
        self.resources = resources
        self.repositories = repositories
    }

    package func withRepository<Result: Sendable>(
        _ key: RepositoryKey,
        _ body: @Sendable (Repository) async throws -> Result
    ) async throws -> Result {
        try await resources.ready(key)
        return try await repositories.withRepository(key, body)
    }

    package func check(_ purpose: RepositoryPurpose, of key: RepositoryKey) async throws {
        try await repositories.check(purpose, of: key)
    }
}
