// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

/// By what snapshots are put together.
struct SnapshotGrouping: Hashable, Sendable {
    var byHost = false
    var byPaths = false
    var byTags = false

    /// Reads `host,paths,tags` in any order and number; an empty text groups by nothing.
    ///
    /// - Throws: ``CommandFailure`` for any other word.
    init(_ text: String) throws(CommandFailure) {
        for word in text.split(separator: ",", omittingEmptySubsequences: true) {
            switch word {
            case "host", "hosts": byHost = true
            case "path", "paths": byPaths = true
            case "tag", "tags": byTags = true
            default: throw CommandFailure("--group-by \(text): \"\(word)\" is none of host, paths and tags")
            }
        }
    }

    var isEmpty: Bool { !(byHost || byPaths || byTags) }

    /// What the snapshots of a group have in common; nil where the grouping does not look.
    struct Key: Hashable, Sendable {
        var host: String?
        var paths: [String]?
        var tags: [String]?

        /// `snapshots for (host [vm], paths [/data]):`; empty when the grouping looks at nothing.
        var title: String {
            var parts: [String] = []
            if let host { parts.append("host [\(PrintableText.name(host))]") }
            if let tags, !tags.isEmpty { parts.append("tags [\(list(tags))]") }
            if let paths { parts.append("paths [\(list(paths))]") }
            return parts.isEmpty ? "" : "snapshots for (\(parts.joined(separator: ", "))):"
        }

        private func list(_ names: [String]) -> String {
            names.map { PrintableText.name($0) }.joined(separator: ", ")
        }
    }

    struct Group: Sendable {
        var key: Key
        var snapshots: [StoredSnapshot]
    }

    func key(of snapshot: Snapshot) -> Key {
        Key(
            host: byHost ? snapshot.hostname : nil,
            paths: byPaths ? snapshot.paths.sorted() : nil,
            tags: byTags ? snapshot.tags.sorted() : nil
        )
    }

    /// The groups, ordered by host, paths and tags; snapshots keep their order.
    func groups(_ snapshots: [StoredSnapshot]) -> [Group] {
        let byKey = Dictionary(grouping: snapshots) { key(of: $0.snapshot) }
        return byKey.map { Group(key: $0.key, snapshots: $0.value) }
            .sorted { order($0.key).lexicographicallyPrecedes(order($1.key)) }
    }

    private func order(_ key: Key) -> [String] {
        [key.host ?? "", key.paths?.joined(separator: "\0") ?? "", key.tags?.joined(separator: "\0") ?? ""]
    }
}
