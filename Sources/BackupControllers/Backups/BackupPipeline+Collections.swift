// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import VeleroAPI

/// Which collections are read, in which order.
extension BackupPipeline {
    private static let definitions = "customresourcedefinitions.apiextensions.k8s.io"
    private static let managedByArgo = "argocd.argoproj.io/managed-by"

    /// Takes everything the backup includes.
    func collect() async throws {
        try await begin()
        for version in subject.kinds.staleVersions {
            journal.warning(.init("Resources of a group could not be discovered", error: version))
        }
        let namespaces = try await namespaces()
        let names = namespaces.compactMap(\.metadata.name)
        let argo = namespaces.filter {
            $0.metadata[label: Self.managedByArgo] != nil && subject.filter.namespaces.admits($0.key.name)
        }
        if !argo.isEmpty {
            let list = argo.map(\.key.name).joined(separator: ", ")
            journal.warning(
                .init("backup operation may encounter complications with namespaces managed by Argo CD: \(list)")
            )
        }
        for name in subject.filter.missingNamespaces(existing: names) {
            journal.error(.init("fail to get the namespace \(name) specified in backup.Spec.IncludedNamespaces"))
        }
        for type in CollectionOrder.sorted(subject.kinds.types)
        where subject.filter.collects(type) && type.description != "namespaces" {
            try await collect(type, namespaces: names)
        }
        try await takeDefinitions()
        try await takeNamespaces(namespaces)
        try await end()
    }

    private func collect(_ type: ResourceType, namespaces: [String]) async throws {
        for key in subject.order[type] {
            guard let object = try await fetch(type, key) else {
                journal.warning(
                    .init(
                        "An ordered item was not found",
                        resource: "\(type)",
                        namespace: key.namespace,
                        name: key.name
                    )
                )
                continue
            }
            if subject.filter.selects(object) { try await take(object, type) }
        }
        let collector = ObjectCollector(source, maximumPageSize: context.settings.pageSize)
        for request in subject.filter.requests(type, existing: namespaces) {
            do {
                try await collector.collect(request) { page in
                    for problem in page.problems {
                        journal.error(.init("Error reading item", resource: "\(type)", error: problem))
                    }
                    for object in page.objects { try await take(object, type) }
                }
            } catch let error as SourceError {
                journal.error(
                    .init("Error listing items", resource: "\(type)", namespace: request.namespace, error: "\(error)")
                )
            }
        }
    }

    // MARK: Namespaces and definitions

    /// All namespaces of the cluster.
    private func namespaces() async throws -> [KubeObject] {
        guard let type = subject.kinds["namespaces"] else {
            throw SourceError(.failed, "the cluster has no namespaces")
        }
        var namespaces: [KubeObject] = []
        var met: Set<String> = []
        try await ObjectCollector(source).collect(CollectionRequest(type)) { page in
            for namespace in page.objects where met.insert(namespace.key.name).inserted { namespaces.append(namespace) }
        }
        return namespaces
    }

    private func takeNamespaces(_ namespaces: [KubeObject]) async throws {
        guard let type = subject.kinds["namespaces"], subject.filter.collects(type) else { return }
        let used = items.namespaces
        for namespace in namespaces {
            let isActive = namespace["status", "phase"]?.string != "Terminating"
            guard used.contains(namespace.key.name) || subject.filter.takesNamespace(namespace, isActive: isActive)
            else {
                continue
            }
            try await take(namespace, type)
        }
        // Those made since the backup began.
        let known = Set(namespaces.map(\.key.name))
        for name in used.subtracting(known).sorted() {
            if let namespace = try await fetch(type, ObjectKey(namespace: nil, name: name)) {
                try await take(namespace, type)
            }
        }
    }

    /// Takes the definitions of the custom resources that were taken.
    private func takeDefinitions() async throws {
        guard let type = subject.kinds[Self.definitions], subject.filter.takesDefinitions(type) else { return }
        for resource in items.resources.sorted() {
            guard let wanted = ItemAction.definition(of: resource), let definition = try await fetch(type, wanted.key)
            else {
                continue
            }
            try await take(definition, type, isAlong: true)
        }
    }
}
