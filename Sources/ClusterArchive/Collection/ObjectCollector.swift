// SPDX-License-Identifier: Apache-2.0

internal import KubeModel

/// Reads collections page by page, each object once.
package struct ObjectCollector: Sendable {
    private let source: any ObjectSource
    private let maximumPageSize: Int

    /// How often a listing is begun anew that took too long.
    private static let attemptCount = 3

    package init(_ source: any ObjectSource, maximumPageSize: Int = 500) {
        self.source = source
        self.maximumPageSize = maximumPageSize
    }

    /// Lists a collection, handing over one page after the other; no request is under way meanwhile.
    ///
    /// A listing that is begun anew hands over what was there before once more: whoever takes the objects knows those they have.
    /// - Throws: `SourceError`, or what `handle` throws.
    package func collect(_ request: CollectionRequest, _ handle: (ObjectPage) async throws -> Void) async throws {
        var size = PageSize(maximum: maximumPageSize)
        for attempt in 1... {
            var token: String?
            do {
                repeat {
                    let page = try await source.page(request, limit: size.limit, after: token)
                    size.note(objectCount: page.objects.count, byteCount: page.byteCount)
                    guard page.nextToken == nil || page.nextToken != token else {
                        throw SourceError(.failed, "listing \(request.type) gives the same page twice")
                    }
                    token = page.nextToken
                    try await handle(page)
                } while token != nil
                return
            } catch let error as SourceError {
                guard error.code == .expired, attempt < Self.attemptCount else { throw error }
            }
        }
    }
}
