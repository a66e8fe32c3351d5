// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
package import KubeModel

/// Which part of a container's output is read.
package struct LogOptions: Sendable, Hashable {
    /// Nil if the pod has only one.
    package var container: String?
    /// Whether to wait for more until the container ends.
    package var follows = false
    /// Whether to read the container's run before its last restart.
    package var isPrevious = false
    /// Only so many lines from the end.
    package var lastLineCount: Int?
    package var maximumByteCount: Int?

    package init(container: String? = nil) { self.container = container }

    var items: [KubeRequest.QueryItem] {
        var items: [KubeRequest.QueryItem] = []
        if let container { items.append(.init("container", container)) }
        if follows { items.append(.init("follow", "true")) }
        if isPrevious { items.append(.init("previous", "true")) }
        if let lastLineCount { items.append(.init("tailLines", String(lastLineCount))) }
        if let maximumByteCount { items.append(.init("limitBytes", String(maximumByteCount))) }
        return items
    }
}

extension KubeClient {
    /// Reads the output of a container as it arrives.
    ///
    /// - Parameter timeout: For the whole of it; following lasts at most so long.
    package func logs(
        of pod: ObjectKey,
        options: LogOptions = LogOptions(),
        timeout: Duration,
        _ handle: ([UInt8]) async throws -> Void
    ) async throws {
        var request = try KubeRequest.get(Pod.resourceType, pod, subresource: "log")
        request.query = options.items
        request.accept = "*/*"
        request.timeout = timeout
        try await exchange(request, stallTimeout: options.follows ? .never : .standard) { _, body in
            for try await piece in body { try await handle(piece) }
        }
    }
}
