// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A field of a kind: where it is and what type it has.
package struct Field<Value: FieldValue>: Sendable {
    /// Member names from the object's root.
    package let path: [String]

    /// - Parameter path: Member names joined by dots, such as `spec.pod.name`.
    package init(_ path: String) {
        self.path = path.split(separator: ".").map(String.init)
    }
}

/// What a test needs to know of a field to compare it with a schema.
package protocol FieldDescription: Sendable {
    var path: [String] { get }
    var schemaType: String { get }
}

extension Field: FieldDescription {
    package var schemaType: String { Value.schemaType }
}

/// A kind of Velero's own, whose fields are read and written as members of the view: `backup.storageLocation`.
///
/// Reading gives nil for a field that is missing, `null` or of an unexpected type. Assigning nil removes the field.
@dynamicMemberLookup
package protocol VeleroResource: KubeResource {
    /// One stored property per field; a test compares them all with the kind's schema.
    associatedtype Fields: Sendable
    static var fields: Fields { get }
}

extension VeleroResource {
    package subscript<Value>(dynamicMember member: KeyPath<Fields, Field<Value>>) -> Value? {
        get { object[path: Self.fields[keyPath: member].path].flatMap(Value.read) }
        set { object[path: Self.fields[keyPath: member].path] = newValue?.json }
    }
}

extension ResourceType {
    /// A kind of the group `velero.io`.
    static func velero(_ kind: String, _ plural: String, version: String = "v1") -> ResourceType {
        ResourceType(group: "velero.io", version: version, kind: kind, plural: plural, isNamespaced: true)
    }
}
