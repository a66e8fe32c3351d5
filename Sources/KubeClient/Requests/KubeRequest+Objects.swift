// SPDX-License-Identifier: Apache-2.0

package import KubeModel

extension KubeRequest {
    /// Reads one object, or a subresource such as `status` or `scale`.
    package static func get(
        _ type: ResourceType,
        _ key: ObjectKey,
        subresource: String? = nil
    ) throws -> KubeRequest {
        try object(.get, type, key, subresource, "read")
    }

    /// Creates an object; its metadata gives namespace and name (or the beginning of one).
    package static func create(
        _ type: ResourceType,
        _ object: KubeObject,
        options: WriteOptions = WriteOptions()
    ) throws -> KubeRequest {
        if type.isNamespaced, object.metadata.namespace == nil {
            throw KubeError(.invalid, "an object of \(type) cannot be created without a namespace")
        }
        let path = try type.path(namespace: object.metadata.namespace)
        let name = object.metadata.name ?? object.metadata.generateName ?? ""
        var request = KubeRequest(.post, path: path, purpose: "create \(type) \(name)")
        request.query = options.items(forApply: false)
        request.setJSON(object.bytes)
        return request
    }

    /// Replaces an object or its status; with a resource version only if nobody changed it in between.
    package static func replace(
        _ type: ResourceType,
        _ object: KubeObject,
        subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) throws -> KubeRequest {
        var request = try self.object(.put, type, object.key, subresource, "replace")
        request.query = options.items(forApply: false)
        request.setJSON(object.bytes)
        return request
    }

    /// Changes an object or a subresource of it.
    package static func patch(
        _ type: ResourceType,
        _ key: ObjectKey,
        _ patch: Patch,
        subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) throws -> KubeRequest {
        var request = try object(.patch, type, key, subresource, "patch")
        if case .apply = patch {
            guard options.fieldManager != nil else {
                throw KubeError(.invalid, "server-side apply needs the name of a field manager")
            }
            request.query = options.items(forApply: true)
        } else {
            request.query = options.items(forApply: false)
        }
        request.body = patch.bytes
        request.contentType = patch.contentType
        return request
    }

    /// Deletes one object.
    package static func delete(
        _ type: ResourceType,
        _ key: ObjectKey,
        options: DeleteOptions = DeleteOptions()
    ) throws -> KubeRequest {
        var request = try object(.delete, type, key, nil, "delete")
        request.setJSON(JSONText.bytes(of: options.json))
        return request
    }

    private static func object(
        _ method: Method,
        _ type: ResourceType,
        _ key: ObjectKey,
        _ subresource: String?,
        _ verb: String
    ) throws -> KubeRequest {
        let path = try type.path(namespace: key.namespace, name: key.name, subresource: subresource)
        let part = subresource.map { " (\($0))" } ?? ""
        return KubeRequest(method, path: path, purpose: "\(verb) \(type) \(key)\(part)")
    }

    private mutating func setJSON(_ bytes: [UInt8]) {
        body = bytes
        contentType = "application/json"
    }
}
