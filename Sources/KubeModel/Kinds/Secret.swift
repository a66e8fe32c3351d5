// SPDX-License-Identifier: Apache-2.0

/// Values that only those who may should see; never put one into an error or a log.
package struct Secret: KubeResource {
    package static let resourceType = ResourceType(
        group: "",
        version: "v1",
        kind: "Secret",
        plural: "secrets",
        isNamespaced: true
    )
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    /// `Opaque` and the like.
    package var type: String { object["type"]?.string ?? "Opaque" }

    package var keys: [String] { object["data"]?.object?.names ?? [] }

    /// The bytes of a key; nil if it is missing or no Base64.
    package subscript(data key: String) -> [UInt8]? {
        get { object["data", key]?.string.flatMap(Base64.decode) }
        set { object["data", key] = newValue.map { .string(Base64.encode($0)) } }
    }
}

/// Plain configuration values.
package struct ConfigMap: KubeResource {
    package static let resourceType = ResourceType(
        group: "",
        version: "v1",
        kind: "ConfigMap",
        plural: "configmaps",
        isNamespaced: true
    )
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package var data: [String: String] {
        get { object["data"]?.stringMap ?? [:] }
        set { object["data"] = newValue.isEmpty ? nil : .object(newValue) }
    }

    /// The bytes of a key of `binaryData`; nil if it is missing or no Base64.
    package subscript(binaryData key: String) -> [UInt8]? {
        get { object["binaryData", key]?.string.flatMap(Base64.decode) }
        set { object["binaryData", key] = newValue.map { .string(Base64.encode($0)) } }
    }
}
