// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport

/// The `Content-Range` header: `bytes 0-9/100`, `bytes 0-9/*` or `bytes */100`.
struct ContentRange: Hashable, Sendable {
    /// The bytes that follow; nil when none do.
    var bytes: Range<Int>?
    /// The whole object's size; nil when the server does not tell.
    var objectByteCount: Int?

    init?(_ head: HTTPResponseHead) {
        guard let text = head.header("Content-Range") else { return nil }
        self.init(text)
    }

    /// Nil for text that is no content range.
    init?(_ text: String) {
        guard text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        if parts[1] != "*" {
            guard let count = Int(parts[1]), count >= 0 else { return nil }
            objectByteCount = count
        }
        if parts[0] != "*" {
            let bounds = parts[0].split(separator: "-", omittingEmptySubsequences: false).compactMap { Int($0) }
            guard bounds.count == 2, bounds[0] >= 0, bounds[1] >= bounds[0], bounds[1] < Int.max else { return nil }
            bytes = bounds[0]..<(bounds[1] + 1)
        }
    }
}
