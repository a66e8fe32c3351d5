// SPDX-License-Identifier: Apache-2.0

import KubeModel

extension Discovery {
    /// Reads an aggregated document (`APIGroupDiscoveryList`); nil if `value` is none.
    static func groups(aggregated value: JSONValue) -> [Group]? {
        guard value["kind"]?.string == "APIGroupDiscoveryList" else { return nil }
        return (value["items"]?.array ?? []).map { group in
            let name = group["metadata"]?["name"]?.string ?? ""
            let versions = (group["versions"]?.array ?? []).map { version in
                let versionName = version["version"]?.string ?? ""
                return Version(
                    name: versionName,
                    resources: (version["resources"]?.array ?? []).compactMap { resource($0, name, versionName) },
                    isStale: version["freshness"]?.string == "Stale"
                )
            }
            return Group(name: name, versions: versions)
        }
    }

    private static func resource(_ value: JSONValue, _ group: String, _ version: String) -> Resource? {
        guard let plural = value.text("resource"), let kind = value["responseKind"]?.text("kind") else { return nil }
        return Resource(
            type: ResourceType(
                group: group,
                version: version,
                kind: kind,
                plural: plural,
                isNamespaced: value["scope"]?.string == "Namespaced"
            ),
            singular: value.text("singularResource") ?? kind.lowercased(),
            shortNames: value["shortNames"]?.strings ?? [],
            categories: value["categories"]?.strings ?? [],
            verbs: value["verbs"]?.strings ?? [],
            subresources: (value["subresources"]?.array ?? []).compactMap { $0.text("subresource") }
        )
    }

    /// Group and versions of an `APIGroupList`, the preferred version first.
    static func versions(classic value: JSONValue) -> [(group: String, versions: [String])] {
        (value["groups"]?.array ?? []).compactMap { group in
            guard let name = group["name"]?.string else { return nil }
            var versions = (group["versions"]?.array ?? []).compactMap { $0.text("version") }
            if let preferred = group["preferredVersion"]?.text("version"),
                let place = versions.firstIndex(of: preferred)
            {
                versions.insert(versions.remove(at: place), at: 0)
            }
            return (name, versions)
        }
    }

    /// Reads an `APIResourceList`.
    static func resources(classic value: JSONValue, group: String, version: String) -> [Resource] {
        let entries = value["resources"]?.array ?? []
        var subresources: [String: [String]] = [:]
        for entry in entries {
            let parts = (entry.text("name") ?? "").split(separator: "/", maxSplits: 1).map(String.init)
            if parts.count == 2 { subresources[parts[0], default: []].append(parts[1]) }
        }
        return entries.compactMap { entry in
            guard let plural = entry.text("name"), !plural.contains("/"), let kind = entry.text("kind") else {
                return nil
            }
            return Resource(
                type: ResourceType(
                    group: group,
                    version: version,
                    kind: kind,
                    plural: plural,
                    isNamespaced: entry["namespaced"]?.bool ?? false
                ),
                singular: entry.text("singularName") ?? kind.lowercased(),
                shortNames: entry["shortNames"]?.strings ?? [],
                categories: entry["categories"]?.strings ?? [],
                verbs: entry["verbs"]?.strings ?? [],
                subresources: subresources[plural] ?? []
            )
        }
    }
}
