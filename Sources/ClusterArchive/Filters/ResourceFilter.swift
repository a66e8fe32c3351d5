// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Which kinds of objects a backup takes.
///
/// Lists hold names as `resource.group`, the form in which kinds describe themselves.
package enum ResourceFilter: Sendable, Hashable {
    /// One list for all kinds, and what is done with those without namespace.
    case global(InclusionList, includesClusterResources: Bool?)
    /// One list for kinds without namespace, and one for kinds with.
    case scoped(cluster: InclusionList, namespaced: InclusionList)

    private static let namespaces = "namespaces"

    /// Whether objects of a kind are listed.
    package func collects(_ type: ResourceType, namespaces: InclusionList) -> Bool {
        let name = type.description
        switch self {
        case .global(let list, let includesClusterResources):
            guard !type.isNamespaced else { return list.admits(name) }
            switch includesClusterResources {
            case false?: return false
            case true?: return list.admits(name)
            case nil: return (namespaces.isEverything || name == Self.namespaces) && list.admits(name)
            }
        case .scoped(let cluster, let namespaced):
            guard !type.isNamespaced else { return namespaced.admits(name) }
            if cluster.excludes(name) { return false }
            if name == Self.namespaces { return true }
            guard cluster.isEmpty else { return !cluster.included.isEmpty && cluster.admits(name) }
            return namespaces.isEverything && namespaced.isEmpty
        }
    }

    /// Whether an object of a kind may come along because another one needs it.
    ///
    /// Kinds without namespace come along unless they are left out; kinds with one must be included.
    package func admitsAlong(_ type: ResourceType) -> Bool {
        let name = type.description
        switch self {
        case .global(let list, let includesClusterResources):
            return type.isNamespaced ? list.admits(name) : includesClusterResources != false && !list.excludes(name)
        case .scoped(let cluster, let namespaced):
            return type.isNamespaced ? namespaced.admits(name) : !cluster.excludes(name)
        }
    }
}

/// Two of Velero's lists: what is included, and what is left out.
package struct NameLists: Sendable, Hashable {
    package var included: [String]
    package var excluded: [String]

    package init(including included: [String] = [], excluding excluded: [String] = []) {
        self.included = included
        self.excluded = excluded
    }

    /// Names as kinds describe themselves; what nobody knows stays as it is, so that it matches nothing rather than everything.
    ///
    /// - Parameter resolve: `resource.group` of a plural, singular, short or qualified name; nil if there is no such kind.
    func resolved(_ resolve: (String) -> String?) -> InclusionList {
        func names(_ list: [String]) -> [String] { list.map { $0 == "*" ? $0 : resolve($0) ?? $0 } }
        return InclusionList(including: names(included), excluding: names(excluded))
    }
}
