// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
package import KubeClient
package import KubeModel

/// Keeps an ``ObjectStore`` equal to a collection of the API server: lists it, watches it, resumes, and lists anew when it must.
///
/// Objects that cannot be read are reported and left out; the rest goes on.
package struct Reflector: Sendable {
    /// Something worth a line in the log.
    package enum Report: Sendable {
        case listed(objectCount: Int)
        /// Listing or watching failed and is repeated after the pause.
        case failed(any Error, pause: Duration)
        case undecodable(String)
    }

    package struct Configuration: Sendable {
        package var type: ResourceType
        /// Nil for all namespaces.
        package var namespace: String?
        package var options = ListOptions()
        /// After which the server ends a watch and a new one begins; between this and twice as long.
        package var watchTimeout: Duration = .seconds(300)
        /// Drops what is not needed before an object is kept, such as `managedFields` of kinds that are only read.
        package var trim: (@Sendable (inout KubeObject) -> Void)?

        package init(_ type: ResourceType, namespace: String?, options: ListOptions = ListOptions()) {
            self.type = type
            self.namespace = namespace
            self.options = options
        }
    }

    package let store: ObjectStore
    private let client: KubeClient
    private let configuration: Configuration
    private let clock: any Clock<Duration>
    private let jitter: @Sendable () -> Double
    private let report: @Sendable (Report) -> Void
    private let onChange: @Sendable (StoreChange) -> Void

    /// - Parameters:
    ///   - report: Must not block.
    ///   - onChange: Told of each change, after the store has it; must not block.
    package init(
        _ configuration: Configuration,
        client: KubeClient,
        store: ObjectStore,
        clock: any Clock<Duration> = ContinuousClock(),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        report: @escaping @Sendable (Report) -> Void = { _ in },
        onChange: @escaping @Sendable (StoreChange) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.client = client
        self.store = store
        self.clock = clock
        self.jitter = jitter
        self.report = report
        self.onChange = onChange
    }

    /// Runs until cancelled.
    ///
    /// - Throws: `CancellationError`.
    package func run() async throws {
        var state = ReflectorState()
        while true {
            try Task.checkCancellation()
            let pause: Duration
            switch state.action {
            case .list: pause = try await list(&state)
            case .watch(let version): pause = try await watch(from: version, &state)
            }
            if pause > .zero { try await clock.sleep(for: pause) }
        }
    }

    private func list(_ state: inout ReflectorState) async throws -> Duration {
        do {
            store.change { $0.beginListing() }
            let version = try await client.list(
                configuration.type,
                namespace: configuration.namespace,
                options: configuration.options
            ) { item in
                switch item {
                case .success(let object): put(object)
                case .failure(let failure): report(.undecodable(failure.message))
                }
            }
            for change in store.change({ $0.endListing() }) { onChange(change) }
            store.markSynced()
            state.listed(resourceVersion: version)
            report(.listed(objectCount: store.count))
            return .zero
        } catch {
            try Task.checkCancellation()
            let pause = state.listFailed(jitter: jitter())
            report(.failed(error, pause: pause))
            return pause
        }
    }

    private func watch(from version: String, _ state: inout ReflectorState) async throws -> Duration {
        let stopwatch = Stopwatch(clock: clock)
        var current = state
        var broughtNews = false
        do {
            try await client.watch(
                configuration.type,
                namespace: configuration.namespace,
                options: configuration.options,
                resourceVersion: version,
                serverTimeout: configuration.watchTimeout * (1 + jitter())
            ) { event in
                if let reached = try take(event) {
                    broughtNews = true
                    current.advanced(to: reached)
                }
            }
            state = current
            return state.watchEnded(lifetime: stopwatch.elapsed, broughtNews: broughtNews, jitter: jitter())
        } catch {
            try Task.checkCancellation()
            state = current
            let failure = error as? KubeError
            let pause = state.watchFailed(failure?.code, isRefusal: failure?.status != nil, jitter: jitter())
            report(.failed(error, pause: pause))
            return pause
        }
    }

    /// - Returns: The resource version reached.
    /// - Throws: ``KubeError`` if the server says that the watch failed.
    private func take(_ event: WatchEvent) throws -> String? {
        switch event {
        case .added(let object), .modified(let object):
            put(object)
            return object.metadata.resourceVersion
        case .deleted(let object):
            if let change = store.change({ $0.remove(object.key) }) { onChange(change) }
            return object.metadata.resourceVersion
        case .bookmark(let version): return version
        case .undecodable(let problem):
            report(.undecodable(problem))
            return nil
        case .failed(let status): throw KubeError(status, doing: "watch \(configuration.type)")
        }
    }

    private func put(_ object: KubeObject) {
        var object = object
        configuration.trim?(&object)
        if let change = store.change({ $0.put(object) }) { onChange(change) }
    }
}
