// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

extension GroupingCriteria {
    /// Reads the value of `--group-by`.
    ///
    /// - Throws: ``CommandFailure`` for a word that is none of host, paths and tags.
    init(argument text: String) throws(CommandFailure) {
        guard let criteria = GroupingCriteria(text) else {
            throw CommandFailure("--group-by \(text): name any of host, paths and tags, separated by commas")
        }
        self = criteria
    }

    var isEmpty: Bool { !(byHost || byPaths || byTags) }

    /// The groups, ordered by host, paths and tags; snapshots keep their order.
    func orderedGroups(of snapshots: [StoredSnapshot]) -> [(key: Key, members: [StoredSnapshot])] {
        groups(of: snapshots) { $0.snapshot }
            .sorted { $0.key.order.lexicographicallyPrecedes($1.key.order) }
    }
}

extension GroupingCriteria.Key {
    /// `snapshots for (host [vm], tags [t], paths [/data]):`; empty when the grouping looks at nothing.
    var title: String {
        var parts: [String] = []
        if let host { parts.append("host [\(PrintableText.name(host))]") }
        if let tags, !tags.isEmpty { parts.append("tags \(list(tags))") }
        if let paths { parts.append("paths \(list(paths))") }
        return parts.isEmpty ? "" : "snapshots for (\(parts.joined(separator: ", "))):"
    }

    /// `host vm, path [/data], tags [t]`, for use in a sentence.
    var sentence: String {
        var parts: [String] = []
        if let host { parts.append("host \(PrintableText.name(host))") }
        if let paths { parts.append("path \(list(paths))") }
        if let tags, !tags.isEmpty { parts.append("tags \(list(tags))") }
        return parts.joined(separator: ", ")
    }

    fileprivate var order: [String] {
        [host ?? "", paths?.joined(separator: "\0") ?? "", tags?.joined(separator: "\0") ?? ""]
    }

    private func list(_ names: [String]) -> String {
        "[" + names.map { PrintableText.name($0) }.joined(separator: ", ") + "]"
    }
}
