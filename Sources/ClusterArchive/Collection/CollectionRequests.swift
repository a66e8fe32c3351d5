// SPDX-License-Identifier: Apache-2.0

package import KubeModel

extension BackupFilter {
    /// What is listed of a kind: all namespaces at once unless only some are included, and once per selector.
    ///
    /// - Parameter existing: Names of the cluster's namespaces.
    package func requests(_ type: ResourceType, existing: [String]) -> [CollectionRequest] {
        var places: [String?] = [nil]
        if type.isNamespaced, !namespaces.includesAll {
            places = existing.filter(namespaces.admits)
        }
        let selectors = selectors.isEmpty ? [LabelSelector()] : selectors
        return places.flatMap { place in
            selectors.map { CollectionRequest(type, namespace: place, selector: $0) }
        }
    }

    /// Namespaces that are included by name and do not exist.
    package func missingNamespaces(existing: [String]) -> [String] {
        let existing = Set(existing)
        return namespaces.included.filter { $0.isPlain && !existing.contains($0.description) }.map(\.description)
    }
}

/// Names of objects that are taken first, in that order.
package struct ResourceOrder: Sendable, Hashable {
    private var keys: [String: [ObjectKey]] = [:]

    /// - Parameters:
    ///   - texts: Resource → `namespace/name` or `name`, separated by commas.
    ///   - resolve: `resource.group` of a name; nil if there is no such kind.
    package init(_ texts: [String: String], resolve: (String) -> String?) {
        for (resource, names) in texts {
            keys[resolve(resource) ?? resource] = names.split(separator: ",").compactMap { name in
                let parts = name.filter { $0 != " " }.split(separator: "/", maxSplits: 1).map(String.init)
                switch parts.count {
                case 1: return ObjectKey(namespace: nil, name: parts[0])
                case 2: return ObjectKey(namespace: parts[0], name: parts[1])
                default: return nil
                }
            }
        }
    }

    package subscript(_ type: ResourceType) -> [ObjectKey] { keys[type.description] ?? [] }
}
