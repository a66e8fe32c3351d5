// SPDX-License-Identifier: Apache-2.0

/// `metadata`, with every field it came with (`managedFields` included).
package struct ObjectMetadata: Sendable, Hashable {
    /// All members of `metadata`.
    package var fields: JSONObject

    package init(fields: JSONObject = JSONObject()) { self.fields = fields }

    package var name: String? {
        get { text("name") }
        set { setText(newValue, "name") }
    }

    /// Prefix from which the server makes a name.
    package var generateName: String? {
        get { text("generateName") }
        set { setText(newValue, "generateName") }
    }

    package var namespace: String? {
        get { text("namespace") }
        set { setText(newValue, "namespace") }
    }

    package var uid: String? {
        get { text("uid") }
        set { setText(newValue, "uid") }
    }

    /// Opaque; equal when nothing changed in between.
    ///
    /// Sent along, it makes the server refuse a write over a newer state.
    package var resourceVersion: String? {
        get { text("resourceVersion") }
        set { setText(newValue, "resourceVersion") }
    }

    package var generation: Int? { fields["generation"]?.int }

    package var creationTimestamp: KubeTime? { time("creationTimestamp") }

    /// When deletion was asked for; the object stays until its finalizers are gone.
    package var deletionTimestamp: KubeTime? { time("deletionTimestamp") }

    /// Whether deletion was asked for.
    package var isBeingDeleted: Bool { fields["deletionTimestamp"]?.string != nil }

    package var labels: [String: String] {
        get { fields["labels"]?.stringMap ?? [:] }
        set { setMap(newValue, "labels") }
    }

    package var annotations: [String: String] {
        get { fields["annotations"]?.stringMap ?? [:] }
        set { setMap(newValue, "annotations") }
    }

    package var finalizers: [String] {
        get { fields["finalizers"]?.strings ?? [] }
        set { fields["finalizers"] = newValue.isEmpty ? nil : .array(newValue) }
    }

    package var ownerReferences: [OwnerReference] {
        get { (fields["ownerReferences"]?.array ?? []).compactMap { $0.object.map(OwnerReference.init(fields:)) } }
        set { fields["ownerReferences"] = newValue.isEmpty ? nil : .array(newValue.map { .object($0.fields) }) }
    }

    /// The owner that manages the object, if one does.
    package var controller: OwnerReference? { ownerReferences.first { $0.isController } }

    /// The value of one label; assigning nil removes it and leaves the others as they are.
    package subscript(label name: String) -> String? {
        get { fields["labels"]?[name]?.string }
        set { set(newValue, name, in: "labels") }
    }

    /// The value of one annotation; assigning nil removes it and leaves the others as they are.
    package subscript(annotation name: String) -> String? {
        get { fields["annotations"]?[name]?.string }
        set { set(newValue, name, in: "annotations") }
    }

    private func text(_ name: String) -> String? {
        guard let text = fields[name]?.string, !text.isEmpty else { return nil }
        return text
    }

    private mutating func setText(_ text: String?, _ name: String) {
        fields[name] = text.map { .string($0) }
    }

    private func time(_ name: String) -> KubeTime? { fields[name]?.string.flatMap(KubeTime.init(parsing:)) }

    private mutating func setMap(_ map: [String: String], _ name: String) {
        fields[name] = map.isEmpty ? nil : .object(map)
    }

    private mutating func set(_ text: String?, _ member: String, in map: String) {
        var value = fields[map] ?? .null
        if text == nil, value.object == nil { return }
        value[member] = text.map { .string($0) }
        fields[map] = value
    }
}
