// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// What an API server serves.
package struct Discovery: Sendable, Hashable {
    /// One kind in one version of its group.
    package struct Resource: Sendable, Hashable {
        package var type: ResourceType
        package var singular: String
        package var shortNames: [String]
        package var categories: [String]
        package var verbs: [String]
        /// Names such as `status` and `log`.
        package var subresources: [String]
    }

    /// A group with its versions, the preferred one first.
    package struct Group: Sendable, Hashable {
        package var name: String
        package var versions: [Version]
    }

    /// One version of a group.
    package struct Version: Sendable, Hashable {
        package var name: String
        package var resources: [Resource]
        /// Whether the resources could not be had, as when an extension's server is down.
        package var isStale: Bool
    }

    /// In the server's order, the core group first.
    package var groups: [Group]

    package init(groups: [Group]) { self.groups = groups }

    /// Every resource in the preferred version of its group that has it.
    package var preferredResources: [Resource] {
        groups.flatMap { group in
            var known: Set<String> = []
            return group.versions.flatMap(\.resources).filter { known.insert($0.type.plural).inserted }
        }
    }

    /// The resource called by plural, singular, short name or kind (any case), with `.group` or `.version.group` behind if wanted.
    ///
    /// Of several, the first in the server's order; plurals win over other names.
    package func resource(named name: String) -> Resource? {
        let wanted = name.lowercased()
        for matches in [Self.isPlural, Self.isOtherName] {
            for group in groups {
                for version in group.versions {
                    for resource in version.resources {
                        for candidate in Self.remainders(wanted, group.name, version.name)
                        where matches(resource, candidate) {
                            return resource
                        }
                    }
                }
            }
        }
        return nil
    }

    /// The resource of a kind, in the version asked for.
    package func resource(for gvk: GroupVersionKind) -> Resource? {
        let versions = groups.filter { $0.name == gvk.group }.flatMap(\.versions)
        return versions.filter { $0.name == gvk.version }.flatMap(\.resources).first { $0.type.kind == gvk.kind }
    }

    /// Groups whose resources could not be had, as `group/version`.
    package var staleVersions: [String] {
        groups.flatMap { group in group.versions.filter(\.isStale).map { "\(group.name)/\($0.name)" } }
    }

    private static func isPlural(_ resource: Resource, _ name: String) -> Bool { resource.type.plural == name }

    private static func isOtherName(_ resource: Resource, _ name: String) -> Bool {
        resource.singular == name || resource.type.kind.lowercased() == name || resource.shortNames.contains(name)
    }

    /// What `name` says without the group, or version and group, that it may end with.
    private static func remainders(_ name: String, _ group: String, _ version: String) -> [String] {
        var remainders = [name]
        for suffix in group.isEmpty ? [".\(version)."] : [".\(group)", ".\(version).\(group)"]
        where name.hasSuffix(suffix) {
            remainders.append(String(name.dropLast(suffix.count)))
        }
        return remainders
    }
}
