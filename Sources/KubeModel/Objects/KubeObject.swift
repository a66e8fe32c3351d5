// SPDX-License-Identifier: Apache-2.0

/// Any Kubernetes object, with every field it came with.
///
/// Typed views (``KubeResource``) read and change it in place, so what they do not know survives a read-modify-write.
package struct KubeObject: Sendable, Hashable {
    /// The object's members.
    package var fields: JSONObject

    package init(fields: JSONObject = JSONObject()) { self.fields = fields }

    /// An object of a kind, with nothing but a name.
    package init(_ type: ResourceType, name: String? = nil, namespace: String? = nil) {
        fields = ["apiVersion": .string(type.apiVersion), "kind": .string(type.kind), "metadata": [:]]
        metadata.name = name
        metadata.namespace = namespace
    }

    /// The object as a JSON value.
    package init?(json: JSONValue) {
        guard case .object(let fields) = json else { return nil }
        self.fields = fields
    }

    /// Reads an object's JSON text.
    ///
    /// - Throws: ``JSONError``, also if the text is no object.
    package init(parsing bytes: [UInt8]) throws {
        guard case .object(let fields) = try JSONText.parse(bytes) else {
            throw JSONError(.malformed, "expected a JSON object")
        }
        self.fields = fields
    }

    /// The object as a JSON value.
    package var json: JSONValue { .object(fields) }

    /// The object as JSON text.
    package var bytes: [UInt8] { JSONText.bytes(of: json) }

    /// Group and version, such as `v1` or `velero.io/v1`; empty if missing.
    package var apiVersion: String {
        get { fields["apiVersion"]?.string ?? "" }
        set { fields["apiVersion"] = .string(newValue) }
    }

    /// The kind, such as `Pod`; empty if missing.
    package var kind: String {
        get { fields["kind"]?.string ?? "" }
        set { fields["kind"] = .string(newValue) }
    }

    /// Group, version and kind as the object states them.
    package var gvk: GroupVersionKind {
        let (group, version) = GroupVersionKind.split(apiVersion)
        return GroupVersionKind(group: group, version: version, kind: kind)
    }

    /// Name, labels and the other fields common to all kinds.
    package var metadata: ObjectMetadata {
        get { ObjectMetadata(fields: fields["metadata"]?.object ?? JSONObject()) }
        set { fields["metadata"] = .object(newValue.fields) }
    }

    /// The value at a path of member names, such as `object["spec", "nodeName"]`; nil if anything on the way is missing.
    ///
    /// Assigning a value makes the objects on the way; assigning nil removes the last member only.
    package subscript(path: String...) -> JSONValue? {
        get { self[path: path] }
        set { self[path: path] = newValue }
    }

    /// The value at a path of member names.
    package subscript(path path: [String]) -> JSONValue? {
        get { json[path] }
        set {
            guard let name = path.first else { return }
            guard path.count > 1 else {
                fields[name] = newValue
                return
            }
            var value = fields[name] ?? .null
            if newValue == nil, value.object == nil { return }
            fields[name] = .null
            value[Array(path.dropFirst())] = newValue
            fields[name] = value
        }
    }

    /// What names the object within its kind.
    package var key: ObjectKey { ObjectKey(namespace: metadata.namespace, name: metadata.name ?? "") }
}
