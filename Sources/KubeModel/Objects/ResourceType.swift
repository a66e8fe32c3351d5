// SPDX-License-Identifier: Apache-2.0

/// Group, version and kind.
package struct GroupVersionKind: Sendable, Hashable, CustomStringConvertible {
    /// Empty for the core group.
    package let group: String
    package let version: String
    package let kind: String

    package init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// `v1` or `group/version`.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    package var description: String { "\(apiVersion) \(kind)" }

    /// Takes `v1` or `group/version` apart.
    package static func split(_ apiVersion: String) -> (group: String, version: String) {
        guard let slash = apiVersion.firstIndex(of: "/") else { return ("", apiVersion) }
        return (String(apiVersion[..<slash]), String(apiVersion[apiVersion.index(after: slash)...]))
    }
}

/// Group, version and plural name: what a request's path names.
package struct GroupVersionResource: Sendable, Hashable, CustomStringConvertible {
    /// Empty for the core group.
    package let group: String
    package let version: String
    /// Lower-case plural, such as `pods`.
    package let resource: String

    package init(group: String, version: String, resource: String) {
        self.group = group
        self.version = version
        self.resource = resource
    }

    /// `v1` or `group/version`.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    package var description: String { group.isEmpty ? resource : "\(resource).\(group)" }
}

/// A kind the API server serves: how it is called in objects and in paths.
package struct ResourceType: Sendable, Hashable, CustomStringConvertible {
    /// Empty for the core group.
    package let group: String
    package let version: String
    package let kind: String
    /// Lower-case plural, such as `pods`.
    package let plural: String
    package let isNamespaced: Bool

    package init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    package var gvk: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }
    package var gvr: GroupVersionResource { GroupVersionResource(group: group, version: version, resource: plural) }

    /// `v1` or `group/version`.
    package var apiVersion: String { gvk.apiVersion }

    /// `pods` or `backups.velero.io`.
    package var description: String { gvr.description }
}
