// SPDX-License-Identifier: Apache-2.0

/// What may be in a location beside backups; decides only.
package enum LocationLayout {
    /// Folders right below the root of a location.
    package static let folders: Set<String> = ["backups", "restores", "restic", "metadata", "plugins", "kopia"]

    /// Why a location with these folders is no place for backups, in Velero's words; nil if it is one.
    package static func problem(folders found: [String]) -> String? {
        let others = found.filter { !folders.contains($0) }.sorted { Array($0.utf8).lexicographicallyPrecedes($1.utf8) }
        guard !others.isEmpty else { return nil }
        // Names come from the bucket.
        let shown = others.prefix(3).map { String($0.prefix(100).map { $0.isASCII && $0 >= " " ? $0 : "?" }) }
        guard others.count > 3 else {
            return "Backup store contains invalid top-level directories: [\(shown.joined(separator: " "))]"
        }
        return "Backup store contains \(others.count) invalid top-level directories: "
            + "[\(shown.joined(separator: " ")) ...]"
    }
}
