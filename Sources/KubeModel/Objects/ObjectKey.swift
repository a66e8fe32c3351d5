// SPDX-License-Identifier: Apache-2.0

/// Namespace and name: what names an object within its kind.
package struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Nil or empty for kinds without namespaces; both are the same.
    package let namespace: String?
    package let name: String

    package init(namespace: String?, name: String) {
        self.namespace = namespace == "" ? nil : namespace
        self.name = name
    }

    package var description: String { namespace.map { "\($0)/\(name)" } ?? name }

    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace ?? "", left.name) < (right.namespace ?? "", right.name)
    }
}
