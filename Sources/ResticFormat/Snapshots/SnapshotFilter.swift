// SPDX-License-Identifier: Apache-2.0

/// Which snapshots are meant; an empty filter means all.
package struct SnapshotFilter: Hashable, Sendable {
    /// Any of these hosts.
    package var hosts: [String] = []
    /// Any of these lists; a snapshot must have every tag of the list, an empty list means snapshots without tags.
    package var tagLists: [[String]] = []
    /// All of these paths.
    package var paths: [String] = []

    package init(hosts: [String] = [], tagLists: [[String]] = [], paths: [String] = []) {
        self.hosts = hosts
        self.tagLists = tagLists
        self.paths = paths
    }

    /// Whether every snapshot passes.
    package var isEmpty: Bool { hosts.isEmpty && tagLists.isEmpty && paths.isEmpty }

    /// Whether a snapshot passes.
    package func matches(_ snapshot: Snapshot) -> Bool {
        guard hosts.isEmpty || hosts.contains(snapshot.hostname) else { return false }
        guard paths.allSatisfy(snapshot.paths.contains) else { return false }
        return tagLists.isEmpty
            || tagLists.contains { $0.isEmpty ? snapshot.tags.isEmpty : snapshot.hasAllTags($0) }
    }

    /// The newest element that passes; the last one among equal times.
    package func newest<Element>(of elements: [Element], snapshot: (Element) -> Snapshot) -> Element? {
        var newest: (element: Element, time: Timestamp)?
        for element in elements {
            let candidate = snapshot(element)
            guard matches(candidate) else { continue }
            if let newest, candidate.time < newest.time { continue }
            newest = (element, candidate.time)
        }
        return newest?.element
    }
}
