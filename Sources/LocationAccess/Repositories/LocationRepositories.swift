// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
package import KubeClient
internal import KubeRuntime
package import Logging
package import ObjectStorage
package import RepositoryEngine
internal import ResticFormat
internal import Synchronization

/// The repositories of a cluster's backup storage locations: each opened once for all who use it, by what the location says now.
///
/// An opened repository keeps its index in memory (about 46 bytes a blob) until ``Configuration/idleTime`` after its last user. When
/// the location or a Secret has changed, the next user gets it opened anew; those at work go on with what they have.
package final class LocationRepositories: RepositoryProvider {
    package struct Configuration: Sendable {
        /// Velero's namespace, where locations and Secrets are.
        package var namespace: String
        /// Environment variables of this process, for credentials.
        package var variables: [String: String] = [:]
        /// Holds the caches of all repositories; nil for none.
        package var cacheDirectory: String?
        /// Who takes locks: the host name must be the pod's name.
        package var holder = HolderIdentity.current
        /// How long a repository stays open that nobody uses.
        package var idleTime: Duration = .seconds(300)
        /// For how long what a location says is taken as read.
        package var freshness: Duration = .seconds(5)
        /// How long a place that does not answer is tried before somebody is told.
        package var probeTime: Duration = .seconds(20)
        package var layers = StorageLayers()
        /// How repositories are used once opened; cache and holder are set by the above.
        package var openOptions = OpenOptions()

        package init(namespace: String) { self.namespace = namespace }
    }

    private let configuration: Configuration
    private let reader: LocationReader
    private let logger: Logger
    private let stopwatch: Stopwatch
    private let slots = Mutex<[RepositoryKey: RepositorySlot]>([:])
    /// Repositories to be closed when their time comes.
    private let idle: WorkQueue<RepositoryKey>

    package init(
        _ configuration: Configuration,
        client: KubeClient,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.configuration = configuration
        self.logger = logger
        reader = LocationReader(
            client: client,
            namespace: configuration.namespace,
            variables: configuration.variables,
            regions: BucketRegions()
        )
        stopwatch = Stopwatch(clock: clock)
        idle = WorkQueue(clock: clock)
    }

    /// Closes repositories that nobody uses, until cancelled.
    ///
    /// - Throws: `CancellationError`.
    package func run() async throws {
        while let key = try await idle.take() {
            defer { idle.done(key) }
            guard let slot = slots.withLock({ $0[key] }) else { continue }
            switch try await slot.closeIfIdle(for: configuration.idleTime, now: stopwatch.elapsed) {
            case .inUse: break
            case .later(let pause): idle.add(key, after: pause)
            case .closed(let repository):
                await repository.close()
                logger.debug("closed an idle repository", metadata: ["repository": "\(key)"])
            }
        }
    }

    /// Repositories open at this moment.
    package var openCount: Int { slots.withLock { $0.values.count { $0.isOpen } } }

    // MARK: Using

    package func withRepository<Result: Sendable>(
        _ key: RepositoryKey,
        _ body: @Sendable (Repository) async throws -> Result
    ) async throws -> Result {
        let slot = slot(key)
        let opened = try await slot.use { current in
            let connected = try await connected(key, slot, current)
            if connected.repository == nil {
                connected.repository = try await open(connected.access, connected.storage)
            }
            return connected
        }
        defer { release(opened, of: slot, key) }
        guard let repository = opened.repository else { throw CancellationError() }
        return try await body(repository)
    }

    /// Runs `body` with the store of a repository, whether or not there is a repository in it.
    package func withStorage<Result: Sendable>(
        _ key: RepositoryKey,
        _ body: @Sendable (any ObjectStorage) async throws -> Result
    ) async throws -> Result {
        let slot = slot(key)
        let opened = try await slot.use { try await connected(key, slot, $0) }
        defer { release(opened, of: slot, key) }
        return try await body(opened.storage)
    }

    /// Whether there are locks on a repository; asks for that only, and opens nothing.
    package func hasLocks(_ key: RepositoryKey) async throws -> Bool {
        try await withStorage(key) { try await !$0.listAll(prefix: RepositoryLayout.Folder.locks.prefix).isEmpty }
    }

    /// Runs `body` with a repository opened for it alone, which is closed afterwards with the memory its index took.
    package func withPrivateRepository<Result: Sendable>(
        _ key: RepositoryKey,
        _ body: @Sendable (Repository) async throws -> Result
    ) async throws -> Result {
        try await withStorage(key) { storage in
            try await body(try await open(try await access(key), storage))
        }
    }

    /// Makes the repository of a key.
    ///
    /// - Throws: ``RepositoryError`` with `.alreadyInitialized` if something is there, ``LocationError`` with `.readOnly`.
    package func initialize(_ key: RepositoryKey) async throws {
        let access = try await access(key)
        try requireWritable(access, key)
        try await withStorage(key) { storage in
            var options = InitializeOptions()
            options.open = openOptions(access)
            _ = try await Repository.initialize(on: storage, password: access.password, options: options)
        }
        logger.info(
            "made a repository",
            metadata: ["repository": "\(key)", "repository.place": "\(access.identifier)"]
        )
    }

    package func check(_ purpose: RepositoryPurpose, of key: RepositoryKey) async throws {
        let access = try await access(key)
        if purpose.writes { try requireWritable(access, key) }
        guard let identifier = purpose.identifier, !identifier.isEmpty else { return }
        guard access.place.isMeant(by: identifier) else {
            throw LocationError(
                .otherRepository,
                "spec.repoIdentifier is \(identifier), but the repository of namespace \(key.namespace) in backup storage location "
                    + "\(key.location) is \(access.identifier); data is written only where the location says"
            )
        }
    }

    /// What the location says about a repository now, or said a moment ago.
    package func access(_ key: RepositoryKey) async throws -> RepositoryAccess {
        let slot = slot(key)
        if let access = slot.freshAccess(since: stopwatch.elapsed - configuration.freshness) { return access }
        let moment = stopwatch.elapsed
        let access = try await reader.access(key)
        slot.note(access, at: moment)
        return access
    }

    /// Forgets what locations said, so that the next use reads it anew.
    package func refresh() {
        for slot in slots.withLock({ Array($0.values) }) { slot.forgetAccess() }
    }

    private func requireWritable(_ access: RepositoryAccess, _ key: RepositoryKey) throws {
        guard access.isReadOnly else { return }
        throw LocationError(
            .readOnly,
            "backup storage location \(key.location) is ReadOnly: nothing is written there; set its accessMode to ReadWrite or use "
                + "another location"
        )
    }

    // MARK: Opening

    private func slot(_ key: RepositoryKey) -> RepositorySlot {
        slots.withLock { slots in
            if let slot = slots[key] { return slot }
            let slot = RepositorySlot()
            slots[key] = slot
            return slot
        }
    }

    private func release(_ opened: OpenedRepository, of slot: RepositorySlot, _ key: RepositoryKey) {
        if slot.release(opened, at: stopwatch.elapsed) { idle.add(key, after: configuration.idleTime) }
    }

    /// The store as the location says now; `current` if that did not change.
    private func connected(
        _ key: RepositoryKey,
        _ slot: RepositorySlot,
        _ current: OpenedRepository?
    ) async throws -> OpenedRepository {
        let access = try await access(key)
        if let current, current.access.version == access.version { return current }
        let connected: ConnectedStorage
        switch (access.place, access.connection) {
        case (.directory(let path), _): connected = ConnectedStorage(DirectoryStorage(root: path))
        case (.s3, let connection?): connected = try await connection.connect()
        case (.s3, nil): throw LocationError(.incomplete, "there is no way to reach \(access.identifier)")
        }
        try await probe(connected.storage)
        return OpenedRepository(access: access, connected: connected, storage: layered(connected, access, key))
    }

    private func layered(
        _ connected: ConnectedStorage,
        _ access: RepositoryAccess,
        _ key: RepositoryKey
    ) -> any ObjectStorage {
        var isRemote = false
        if case .s3 = access.place { isRemote = true }
        let store = configuration.layers.around(connected.storage, isRemote: isRemote)
        return access.isReadOnly ? ReadOnlyLocationStorage(store, name: key.location) : store
    }

    /// Asks the place for something small, and does not wait as long for an answer as work does that is under way.
    private func probe(_ storage: any ObjectStorage) async throws {
        var layers = StorageLayers()
        layers.meter = configuration.layers.meter
        layers.retryPolicy.totalTime = configuration.probeTime
        let patient = layers.around(storage, isRemote: false)
        do {
            _ = try await withDeadline(configuration.probeTime * 3 + .seconds(60), clock: ContinuousClock()) {
                try await patient.stat(RepositoryLayout.config)
            }
        } catch let error as StorageError {
            // What is there and what is not is for the engine to say.
            guard error.code == .notFound || error.code == .containerNotFound else { throw error }
        } catch is DeadlineExceeded {
            throw StorageError(.unavailable, "\(storage.location) does not answer; check the address and the network")
        }
    }

    private func open(_ access: RepositoryAccess, _ storage: any ObjectStorage) async throws -> Repository {
        try await Repository.open(on: storage, password: access.password, options: openOptions(access))
    }

    private func openOptions(_ access: RepositoryAccess) -> OpenOptions {
        var options = configuration.openOptions
        options.identity = configuration.holder
        options.identity.username = access.clusterMark
        if let directory = configuration.cacheDirectory {
            let logger = logger
            var cache = RepositoryCache(directory: directory) { logger.warning("\($0)") }
            // Copying packs from one local disk to another gains nothing.
            if case .directory = access.place { cache.keepsTreePacks = false }
            options.cache = cache
        }
        return options
    }
}
