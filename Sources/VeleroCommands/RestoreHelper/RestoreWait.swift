// SPDX-License-Identifier: Apache-2.0

/// Decides, from what is seen of a restored pod's volumes, whether the pod may start, and what to say about it.
///
/// Every volume is a directory; it is restored when it holds `.velero/<uid of the restore>`. A line is said about a volume when its
/// state changes, so that waiting for hours does not fill the log.
struct RestoreWait: Sendable {
    /// What was seen of one entry.
    enum Sighting: Sendable, Hashable {
        case restored
        case notRestored
        /// No volume.
        case notDirectory
        /// Seen as not restored, with a reason to show.
        case unreadable(String)
    }

    /// What comes of one look.
    struct Decision: Sendable, Hashable {
        var lines: [String]
        var isDone: Bool
    }

    private let restoreUID: String
    private let directory: String
    private var known: [String: Sighting] = [:]

    init(restoreUID: String, directory: String) {
        self.restoreUID = restoreUID
        self.directory = directory
    }

    /// - Parameter entries: Of the directory of volumes, by name.
    mutating func decide(_ entries: [(name: String, sighting: Sighting)]) -> Decision {
        var decision = Decision(lines: [], isDone: true)
        for (name, sighting) in entries {
            if case .restored = sighting {} else if sighting != .notDirectory { decision.isDone = false }
            guard known[name] != sighting else { continue }
            known[name] = sighting
            let mark = "\(directory)/\(name)/.velero/\(restoreUID)"
            switch sighting {
            case .restored: decision.lines.append("Found \(mark)")
            case .notRestored: decision.lines.append("Not found: \(mark)")
            case .notDirectory: decision.lines.append("\(directory)/\(name) is not a directory, skipping")
            case .unreadable(let reason): decision.lines.append("Not found: \(mark) (\(reason))")
            }
        }
        return decision
    }
}
