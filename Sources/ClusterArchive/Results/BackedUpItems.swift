// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Which objects a backup met and which it holds; each is taken once.
///
/// Costs about the length of an object's name, and a little.
package struct BackedUpItems: Sendable {
    private var met: [String: Set<String>] = [:]
    private var written: [String: [String]] = [:]
    /// Objects in the tarball.
    package private(set) var count = 0
    /// `resource.group` of each kind in the tarball.
    package private(set) var resources: Set<String> = []
    /// Namespaces of objects in the tarball.
    package private(set) var namespaces: Set<String> = []

    package init() {}

    /// Marks an object as met; false if it was before.
    package mutating func meet(_ object: KubeObject) -> Bool {
        met[Self.kind(object), default: []].insert(object.key.description).inserted
    }

    /// Whether an object was met.
    package func contains(_ type: ResourceType, _ key: ObjectKey) -> Bool {
        met["\(type.apiVersion)/\(type.kind)"]?.contains(key.description) ?? false
    }

    /// Notes an object that is in the tarball.
    package mutating func noteWritten(_ object: KubeObject, _ type: ResourceType) {
        written[Self.kind(object), default: []].append(object.key.description)
        count += 1
        resources.insert(type.description)
        if let namespace = object.metadata.namespace, type.isNamespaced { namespaces.insert(namespace) }
    }

    private static func kind(_ object: KubeObject) -> String { "\(object.apiVersion)/\(object.kind)" }

    /// Kind → names, as `<name>-resource-list.json.gz` tells it.
    package var resourceList: JSONValue {
        .object(JSONObject(written.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.sorted())) }))
    }
}
