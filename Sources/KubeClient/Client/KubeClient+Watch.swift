// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
package import KubeModel

extension KubeClient {
    /// Watches a collection until the server ends the watch, which it does after `serverTimeout` at the latest.
    ///
    /// - Parameter resourceVersion: The state after which changes are reported.
    /// - Throws: ``KubeError`` if the watch cannot begin or is cut; what `handle` throws; `CancellationError`.
    package func watch(
        _ type: ResourceType,
        namespace: String?,
        options: ListOptions = ListOptions(),
        resourceVersion: String,
        serverTimeout: Duration = .seconds(300),
        _ handle: (WatchEvent) async throws -> Void
    ) async throws {
        let request = try KubeRequest.watch(
            type,
            namespace: namespace,
            options: options,
            resourceVersion: resourceVersion,
            serverTimeout: serverTimeout
        )
        // An event holds the object and a little around it.
        let limit = limits.maximumObjectByteCount + 1024
        try await exchange(request, stallTimeout: .never) { _, body in
            var lines = LineSplitter(maximumByteCount: limit)
            for try await piece in body {
                for line in try lines.push(piece) { try await handle(WatchEvent(parsing: line, as: type)) }
            }
            // What has no line end is cut off, and comes again with the next watch.
        }
    }
}
