// SPDX-License-Identifier: Apache-2.0

/// A snapshot and a directory inside it, written `latest:/var/lib` or just `latest`.
package struct SnapshotPath: Hashable, Sendable {
    /// Id, its beginning, or `latest`.
    package var name: String
    /// Names below the root of the snapshot; empty for the root.
    package var components: [String]

    package init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts.first ?? "")
        components = parts.count > 1 ? Self.components(String(parts[1])) : []
    }

    /// The names of a path, without empty ones and `.`; `..` takes one away.
    package static func components(_ path: String) -> [String] {
        FilePathText.cleaned("/" + path).split(separator: "/").map(String.init)
    }

    /// The directory as a path, such as `/var/lib`.
    package var path: String { "/" + components.joined(separator: "/") }
}
