// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
package import KubeModel

extension KubeClient {
    /// Reads one object; nil if there is none.
    package func get(_ type: ResourceType, _ key: ObjectKey, subresource: String? = nil) async throws -> KubeObject? {
        let request = try KubeRequest.get(type, key, subresource: subresource)
        do {
            return try await sendForObject(request)
        } catch let error as KubeError {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// Reads one object; nil if there is none.
    package func get<Resource: KubeResource>(_: Resource.Type, _ key: ObjectKey) async throws -> Resource? {
        try await get(Resource.resourceType, key).map(Resource.init(object:))
    }

    /// Creates an object and gives it as the server keeps it.
    package func create<Resource: KubeResource>(
        _ resource: Resource,
        options: WriteOptions = WriteOptions()
    ) async throws -> Resource {
        let request = try KubeRequest.create(Resource.resourceType, resource.object, options: options)
        return Resource(object: try await sendForObject(request))
    }

    /// Replaces an object or its status and gives it as the server keeps it.
    ///
    /// - Throws: ``KubeError`` with `.conflict` if the object was changed after the state at hand.
    package func replace<Resource: KubeResource>(
        _ resource: Resource,
        subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> Resource {
        let type = Resource.resourceType
        let request = try KubeRequest.replace(type, resource.object, subresource: subresource, options: options)
        return Resource(object: try await sendForObject(request))
    }

    /// Changes an object or a subresource of it and gives it as the server keeps it.
    package func patch<Resource: KubeResource>(
        _: Resource.Type,
        _ key: ObjectKey,
        _ patch: Patch,
        subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> Resource {
        let type = Resource.resourceType
        let request = try KubeRequest.patch(type, key, patch, subresource: subresource, options: options)
        return Resource(object: try await sendForObject(request))
    }

    /// Sends what changed between two states of an object as a merge patch; nothing if they are equal.
    ///
    /// - Parameter isExclusive: Whether the server refuses it (`.conflict`) if the object was changed after `old`.
    package func update<Resource: KubeResource>(
        from old: Resource,
        to new: Resource,
        subresource: String? = nil,
        isExclusive: Bool = false
    ) async throws -> Resource {
        guard var change = MergePatch.difference(from: old.object.json, to: new.object.json) else { return new }
        if isExclusive, let version = old.metadata.resourceVersion {
            change[["metadata", "resourceVersion"]] = .string(version)
        }
        return try await patch(Resource.self, old.key, .merge(change), subresource: subresource)
    }

    /// Deletes an object; one that is not there is no failure.
    package func delete(
        _ type: ResourceType,
        _ key: ObjectKey,
        options: DeleteOptions = DeleteOptions()
    ) async throws {
        do {
            _ = try await send(try KubeRequest.delete(type, key, options: options))
        } catch let error as KubeError {
            guard error.code == .notFound else { throw error }
        }
    }

    /// Deletes every object chosen.
    package func deleteCollection(
        _ type: ResourceType,
        namespace: String?,
        options: ListOptions = ListOptions(),
        deleteOptions: DeleteOptions = DeleteOptions()
    ) async throws {
        let request = try KubeRequest.deleteCollection(
            type,
            namespace: namespace,
            options: options,
            deleteOptions: deleteOptions
        )
        // The answer holds every object deleted, however many; nobody needs them.
        try await exchange(request) { _, body in
            for try await _ in body {}
        }
    }
}
