// SPDX-License-Identifier: Apache-2.0

package import KubeModel
package import VeleroAPI

/// Which objects a backup takes; decides only.
package struct BackupFilter: Sendable {
    package let namespaces: InclusionList
    package let resources: ResourceFilter
    /// Objects any of them chooses; empty for no such condition.
    package let selectors: [LabelSelector]

    /// Kinds that come along with what they stand for, and are never taken for themselves.
    private static let neverCollected = [
        "volumesnapshots.snapshot.storage.k8s.io", "volumesnapshotcontents.snapshot.storage.k8s.io",
    ]

    /// - Parameters:
    ///   - policy: Lists of the resource policy; where the backup has a list of its own, that one counts.
    ///   - resolve: `resource.group` of a plural, singular, short or qualified name; nil if there is no such kind.
    /// - Throws: `SelectorError`.
    package init(
        _ backup: Backup,
        policy: ResourcePolicy.Lists = ResourcePolicy.Lists(),
        resolve: (String) -> String?
    ) throws {
        namespaces = InclusionList(
            including: backup.includedNamespaces ?? [],
            excluding: backup.excludedNamespaces ?? []
        )
        if backup.usesGlobalResourceLists {
            var lists = NameLists(
                including: backup.includedResources ?? [],
                excluding: backup.excludedResources ?? []
            )
            Self.leaveOutSnapshots(&lists)
            resources = .global(lists.resolved(resolve), includesClusterResources: backup.includeClusterResources)
        } else {
            var cluster = NameLists(
                including: backup.includedClusterScopedResources ?? policy.cluster.included,
                excluding: backup.excludedClusterScopedResources ?? policy.cluster.excluded
            )
            var namespaced = NameLists(
                including: backup.includedNamespaceScopedResources ?? policy.namespaced.included,
                excluding: backup.excludedNamespaceScopedResources ?? policy.namespaced.excluded
            )
            // Else a list that was empty would no longer be so.
            cluster.included.removeAll { Self.neverCollected.contains($0) }
            namespaced.included.removeAll { Self.neverCollected.contains($0) }
            resources = .scoped(cluster: cluster.resolved(resolve), namespaced: namespaced.resolved(resolve))
        }
        if let selector = backup.labelSelector {
            selectors = [try LabelSelector(.object(selector))]
        } else {
            selectors = try (backup.orLabelSelectors ?? []).map { try LabelSelector(.object($0)) }
        }
    }

    private static func leaveOutSnapshots(_ lists: inout NameLists) {
        lists.included.removeAll { neverCollected.contains($0) }
        lists.excluded += neverCollected.filter { !lists.excluded.contains($0) }
    }

    /// Whether objects of a kind are listed.
    package func collects(_ type: ResourceType) -> Bool {
        guard !Self.neverCollected.contains(type.description) else { return false }
        return resources.collects(type, namespaces: namespaces)
    }

    /// Whether labels are among those chosen.
    package func selects(_ object: KubeObject) -> Bool {
        selectors.isEmpty || selectors.contains { $0.matches(object) }
    }

    /// Why an object is left out; nil if it is taken.
    ///
    /// - Parameter isAlong: Whether it comes because another object needs it, whatever its labels.
    package func refusal(of object: KubeObject, _ type: ResourceType, isAlong: Bool) -> Refusal? {
        let metadata = object.metadata
        if metadata[label: VeleroLabel.excludeFromBackup] == "true" { return .excludedByLabel }
        if metadata.isBeingDeleted { return .beingDeleted }
        if type.isNamespaced, !namespaces.admits(metadata.namespace ?? "") { return .namespaceLeftOut }
        let admitted = isAlong || !type.isNamespaced ? resources.admitsAlong(type) : collects(type)
        return admitted ? nil : .resourceLeftOut
    }

    /// Why an object is left out.
    package enum Refusal: String, Sendable {
        case excludedByLabel = "it has the label velero.io/exclude-from-backup=true"
        case beingDeleted = "it is being deleted"
        case namespaceLeftOut = "its namespace is not included"
        case resourceLeftOut = "its kind is not included"
    }

    /// Whether the object of a namespace is taken, beside those in which something was.
    ///
    /// - Parameter isActive: Whether the namespace is not about to go.
    package func takesNamespace(_ object: KubeObject, isActive: Bool) -> Bool {
        guard isActive else { return false }
        if !selectors.isEmpty {
            if selects(object) { return true }
            if namespaces.isEverything { return false }
        }
        return namespaces.admits(object.metadata.name ?? "")
    }

    /// Whether the definition of a custom resource comes along with its objects: when nobody said anything about definitions.
    package func takesDefinitions(_ type: ResourceType) -> Bool {
        !collects(type) && resources.admitsAlong(type)
    }
}

extension Backup {
    /// Whether it chooses resources in the older of the two ways.
    package var usesGlobalResourceLists: Bool {
        !(self.includedResources ?? []).isEmpty || !(self.excludedResources ?? []).isEmpty
            || self.includeClusterResources != nil
    }

    /// Whether it chooses resources in the newer of the two ways.
    package var usesScopedResourceLists: Bool {
        [
            self.includedClusterScopedResources, self.excludedClusterScopedResources,
            self.includedNamespaceScopedResources, self.excludedNamespaceScopedResources,
        ].contains { !($0 ?? []).isEmpty }
    }
}
