// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A resource policy that cannot be understood.
package struct PolicyError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    /// Refuses members that mean nothing, since a rule that is quietly ignored backs up the wrong thing.
    static func check(_ value: JSONValue, has members: [String], in place: String) throws {
        guard !value.isNull else { return }
        guard let object = value.object else { throw PolicyError("\(place) is no map") }
        for name in object.names where !members.contains(name) { throw PolicyError("\(place) has no field \(name)") }
    }
}

/// What the ConfigMap named in `spec.resourcePolicy` says.
package struct ResourcePolicy: Sendable, Hashable {
    /// Lists of resources for backups that use the newer kind of lists.
    package struct Lists: Sendable, Hashable {
        package var cluster = NameLists()
        package var namespaced = NameLists()

        package init() {}

        package var isEmpty: Bool { self == Lists() }
    }

    private let volumePolicies: [VolumePolicy]
    package let lists: Lists

    /// - Parameter document: The policy's YAML, read.
    /// - Throws: ``PolicyError`` for what it does not understand.
    package init(_ document: JSONValue) throws {
        try PolicyError.check(document, has: ["version", "volumePolicies", "includeExcludePolicy"], in: "the policy")
        guard document["version"]?.string == "v1" else { throw PolicyError("version is not v1") }
        volumePolicies = try (document["volumePolicies"]?.array ?? []).map(VolumePolicy.init)
        var lists = Lists()
        if let given = document["includeExcludePolicy"] {
            let names = [
                "includedClusterScopedResources", "excludedClusterScopedResources", "includedNamespaceScopedResources",
                "excludedNamespaceScopedResources",
            ]
            try PolicyError.check(given, has: names, in: "includeExcludePolicy")
            let values = names.map { given[$0]?.strings ?? [] }
            guard !values.joined().contains("*") else { throw PolicyError("includeExcludePolicy cannot contain '*'") }
            lists.cluster = NameLists(including: values[0], excluding: values[1])
            lists.namespaced = NameLists(including: values[2], excluding: values[3])
        }
        self.lists = lists
    }

    /// What the first rule says whose conditions a volume meets; nil if none does.
    package func action(for volume: VolumeFacts) -> VolumePolicy.Action? {
        volumePolicies.first { $0.matches(volume) }?.action
    }
}
