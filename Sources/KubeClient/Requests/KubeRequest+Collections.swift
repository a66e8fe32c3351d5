// SPDX-License-Identifier: Apache-2.0

package import KubeModel

extension KubeRequest {
    /// Lists one page of a collection.
    ///
    /// - Parameter namespace: Nil for all namespaces.
    /// - Parameter continueToken: From the page before; the state wanted is then that page's.
    package static func list(
        _ type: ResourceType,
        namespace: String?,
        options: ListOptions = ListOptions(),
        continueToken: String? = nil
    ) throws -> KubeRequest {
        var request = KubeRequest(.get, path: try type.path(namespace: namespace), purpose: "list \(type)")
        request.query = options.selectorItems
        if options.pageSize > 0 { request.query.append(.init("limit", String(options.pageSize))) }
        if let continueToken {
            request.query.append(.init("continue", continueToken))
        } else if let version = options.resourceVersion {
            request.query.append(.init("resourceVersion", version))
        }
        return request
    }

    /// Watches a collection for changes after `resourceVersion`.
    ///
    /// - Parameter serverTimeout: After which the server ends the watch.
    package static func watch(
        _ type: ResourceType,
        namespace: String?,
        options: ListOptions = ListOptions(),
        resourceVersion: String,
        serverTimeout: Duration
    ) throws -> KubeRequest {
        var request = KubeRequest(.get, path: try type.path(namespace: namespace), purpose: "watch \(type)")
        request.query = [.init("watch", "true")] + options.selectorItems
        request.query += [
            .init("resourceVersion", resourceVersion),
            .init("allowWatchBookmarks", "true"),
            .init("timeoutSeconds", String(max(serverTimeout.components.seconds, 1))),
        ]
        // Past the server's own limit the connection must be dead.
        request.timeout = serverTimeout + .seconds(30)
        return request
    }

    /// Deletes every object chosen.
    package static func deleteCollection(
        _ type: ResourceType,
        namespace: String?,
        options: ListOptions = ListOptions(),
        deleteOptions: DeleteOptions = DeleteOptions()
    ) throws -> KubeRequest {
        var request = KubeRequest(.delete, path: try type.path(namespace: namespace), purpose: "delete \(type)")
        request.query = options.selectorItems
        request.body = JSONText.bytes(of: deleteOptions.json)
        request.contentType = "application/json"
        return request
    }
}
