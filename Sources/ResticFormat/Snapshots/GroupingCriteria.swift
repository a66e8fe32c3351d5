// SPDX-License-Identifier: Apache-2.0

/// What snapshots must have in common to be treated as one series.
package struct GroupingCriteria: Hashable, Sendable {
    package var byHost: Bool
    package var byPaths: Bool
    package var byTags: Bool

    package init(byHost: Bool = false, byPaths: Bool = false, byTags: Bool = false) {
        self.byHost = byHost
        self.byPaths = byPaths
        self.byTags = byTags
    }

    /// By host and paths.
    package static let standard = GroupingCriteria(byHost: true, byPaths: true)

    /// Reads `host`, `paths` and `tags`, separated by commas; the empty text puts all snapshots in one group.
    ///
    /// Singular and plural are both understood. Nil for other words.
    package init?(_ text: String) {
        self.init()
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            switch word {
            case "": continue
            case "host", "hosts": byHost = true
            case "path", "paths": byPaths = true
            case "tag", "tags": byTags = true
            default: return nil
            }
        }
    }

    /// What the snapshots of a group have in common; nil for what the grouping does not look at.
    ///
    /// Keys are compared byte by byte: two spellings of a path are two paths.
    package struct Key: Hashable, Sendable {
        package var host: String?
        /// Sorted.
        package var paths: [String]?
        /// Sorted, each once.
        package var tags: [String]?

        package static func == (left: Key, right: Key) -> Bool { left.bytes == right.bytes }

        package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

        private var bytes: [[[UInt8]]?] {
            [host.map { [$0] }, paths, tags].map { texts in texts?.map { Array($0.utf8) } }
        }
    }

    /// The group of a snapshot.
    package func key(of snapshot: Snapshot) -> Key {
        Key(
            host: byHost ? snapshot.hostname : nil,
            paths: byPaths ? snapshot.paths.sorted(by: Self.bytewise) : nil,
            tags: byTags ? Set(snapshot.tags).sorted(by: Self.bytewise) : nil
        )
    }

    /// Divides elements into groups, which come in the order of their first elements.
    package func groups<Element>(
        of elements: [Element],
        snapshot: (Element) -> Snapshot
    ) -> [(key: Key, members: [Element])] {
        var places: [Key: Int] = [:]
        var groups: [(key: Key, members: [Element])] = []
        for element in elements {
            let key = key(of: snapshot(element))
            if let place = places[key] {
                groups[place].members.append(element)
            } else {
                places[key] = groups.count
                groups.append((key, [element]))
            }
        }
        return groups
    }

    private static func bytewise(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension Snapshot {
    /// Whether the snapshot has every tag of `list`; an empty tag is had by a snapshot without tags.
    package func hasAllTags(_ list: [String]) -> Bool {
        for tag in list {
            if tag.isEmpty, tags.isEmpty { return true }
            if !tags.contains(tag) { return false }
        }
        return true
    }
}
