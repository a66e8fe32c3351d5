// SPDX-License-Identifier: Apache-2.0

/// A typed view of one kind over the whole object; reading and writing through it never loses a field.
package protocol KubeResource: Sendable, Hashable {
    /// How the API server calls the kind.
    static var resourceType: ResourceType { get }
    /// The object itself.
    var object: KubeObject { get set }
    /// The view of `object`, whatever its kind.
    init(object: KubeObject)
}

extension KubeResource {
    /// A new object of this kind, with nothing but a name.
    package init(name: String?, namespace: String? = nil) {
        self.init(object: KubeObject(Self.resourceType, name: name, namespace: namespace))
    }

    /// The view of `object` if it is of this kind, whatever its version.
    package init?(ifOfKind object: KubeObject) {
        let gvk = object.gvk
        guard gvk.kind == Self.resourceType.kind, gvk.group == Self.resourceType.group else { return nil }
        self.init(object: object)
    }

    package static var gvk: GroupVersionKind { resourceType.gvk }
    package static var plural: String { resourceType.plural }
    package static var isNamespaced: Bool { resourceType.isNamespaced }

    /// Name, labels and the other fields common to all kinds.
    package var metadata: ObjectMetadata {
        get { object.metadata }
        set { object.metadata = newValue }
    }

    /// The object's name; empty if it has none.
    package var name: String { metadata.name ?? "" }

    /// The object's namespace, if it has one.
    package var namespace: String? { metadata.namespace }

    /// Namespace and name.
    package var key: ObjectKey { object.key }

    /// The value at a path of member names.
    package subscript(path: String...) -> JSONValue? {
        get { object[path: path] }
        set { object[path: path] = newValue }
    }
}
