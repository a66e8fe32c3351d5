// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeClient
import KubeModel

/// The objects of a cluster as backups read them.
struct ClusterObjects: ObjectSource {
    let client: KubeClient
    let clock: any Clock<Duration>

    /// Pauses before a request is repeated that failed for a reason that may pass.
    private static let pauses: [Duration] = [.seconds(1), .seconds(3), .seconds(9)]

    func page(_ request: CollectionRequest, limit: Int, after token: String?) async throws -> ObjectPage {
        try await repeating { try await readPage(request, limit: limit, after: token) }
    }

    func object(_ type: ResourceType, _ key: ObjectKey) async throws -> KubeObject? {
        try await repeating { try await client.get(type, key) }
    }

    private func repeating<Result>(_ body: () async throws -> Result) async throws -> Result {
        var pauses = Self.pauses[...]
        while true {
            do {
                return try await body()
            } catch let error as KubeError {
                guard error.isRetryable, let pause = pauses.popFirst() else { throw SourceError(error) }
                try await clock.sleep(for: pause)
            }
        }
    }

    private func readPage(_ request: CollectionRequest, limit: Int, after token: String?) async throws -> ObjectPage {
        var options = ListOptions(labels: request.selector)
        options.pageSize = limit
        var page = ObjectPage(objects: [])
        let metadata = try await client.listPage(
            request.type,
            namespace: request.namespace,
            options: options,
            continueToken: token
        ) { item in
            switch item {
            case .success(let object):
                page.byteCount += object.json.approximateByteCount
                page.objects.append(object)
            case .failure(let problem): page.problems.append("\(problem)")
            }
        }
        page.nextToken = metadata.continueToken
        return page
    }
}

extension SourceError {
    init(_ error: KubeError) {
        let code: Code =
            switch error.code {
            case .expired: .expired
            case .notFound: .notFound
            default: .failed
            }
        self.init(code, error.message)
    }
}

extension JSONValue {
    /// About the length of its text, in bytes.
    fileprivate var approximateByteCount: Int {
        switch self {
        case .null, .bool: 5
        case .number(let number): number.text.utf8.count
        case .string(let text): text.utf8.count + 2
        case .array(let elements): elements.reduce(2) { $0 + $1.approximateByteCount + 1 }
        case .object(let object): object.reduce(2) { $0 + $1.0.utf8.count + $1.1.approximateByteCount + 4 }
        }
    }
}

/// The kinds a cluster serves, as far as they can be backed up.
struct ServedKinds: Sendable {
    /// In the preferred version of their group, in the server's order.
    let types: [ResourceType]
    private let discovery: Discovery
    private let named: [String: ResourceType]

    private static let neededVerbs: Set<String> = ["list", "create", "get", "delete"]

    init(_ discovery: Discovery) {
        self.discovery = discovery
        types = discovery.preferredResources.filter { Self.neededVerbs.isSubset(of: $0.verbs) }.map(\.type)
        named = Dictionary(types.map { ($0.description, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Groups and versions whose server did not answer.
    var staleVersions: [String] { discovery.staleVersions }

    /// `resource.group` of any name people use.
    func resolve(_ name: String) -> String? { discovery.resource(named: name)?.type.description }

    /// The kind called `resource.group`.
    subscript(_ name: String) -> ResourceType? { named[name] }
}
