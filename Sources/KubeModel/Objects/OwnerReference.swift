// SPDX-License-Identifier: Apache-2.0

/// Names an object whose deletion takes this one along.
package struct OwnerReference: Sendable, Hashable {
    /// All members of the reference.
    package var fields: JSONObject

    package init(fields: JSONObject) { self.fields = fields }

    /// Refers to `owner`, which must have a name and a uid.
    ///
    /// - Parameter isController: Whether `owner` manages the object; at most one owner may.
    /// - Parameter blocksDeletion: Whether a foreground deletion of `owner` waits for the object.
    package init(_ owner: KubeObject, isController: Bool, blocksDeletion: Bool = false) {
        fields = [
            "apiVersion": .string(owner.apiVersion),
            "kind": .string(owner.kind),
            "name": .string(owner.metadata.name ?? ""),
            "uid": .string(owner.metadata.uid ?? ""),
        ]
        if isController { fields["controller"] = true }
        if blocksDeletion { fields["blockOwnerDeletion"] = true }
    }

    package var apiVersion: String { fields["apiVersion"]?.string ?? "" }
    package var kind: String { fields["kind"]?.string ?? "" }
    package var name: String { fields["name"]?.string ?? "" }
    package var uid: String { fields["uid"]?.string ?? "" }
    /// Whether this owner manages the object.
    package var isController: Bool { fields["controller"]?.bool ?? false }
}
