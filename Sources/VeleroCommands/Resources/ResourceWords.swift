// SPDX-License-Identifier: Apache-2.0

/// Brings the words of commands about Velero's resources into the one form the parser knows: `get backups` becomes `backup get`, and
/// a flag that stands alone becomes `--flag=true`.
enum ResourceWords {
    private static let verbs: Set = [
        "create", "get", "describe", "delete", "logs", "download", "set", "pause", "unpause",
    ]

    /// What people call the kinds, by the name of the command.
    private static let nouns: [String: String] = [
        "backup": "backup", "backups": "backup", "schedule": "schedule", "schedules": "schedule",
        "backup-location": "backup-location", "backup-locations": "backup-location",
    ]

    /// Flags of these commands that are on when they stand alone.
    private static let switches: Set = [
        "all", "confirm", "default", "default-volumes-to-fs-backup", "default-volumes-to-restic", "details", "force",
        "include-cluster-resources", "insecure-skip-tls-verify", "paused", "show-labels", "skip-immediately",
        "snapshot-move-data", "snapshot-volumes", "use-owner-references-in-backup",
    ]

    /// - Parameter words: As given, before anything else was done to them.
    static func normalized(_ words: [String]) -> [String] {
        guard let first = position(in: words, from: 0) else { return words }
        guard let second = position(in: words, from: first + 1) else { return words }
        var words = words
        if verbs.contains(words[first]), let noun = nouns[words[second]] {
            (words[first], words[second]) = (noun, words[first])
        } else if let noun = nouns[words[first]] {
            words[first] = noun
        } else {
            return words
        }
        let end = words.firstIndex(of: "--") ?? words.count
        return words[..<end].flatMap(expanded) + words[end...]
    }

    /// A flag that stands alone with its value, one with nothing behind its `=` as two words.
    private static func expanded(_ word: String) -> [String] {
        guard word.hasPrefix("--") else { return [word] }
        if switches.contains(String(word.dropFirst(2))) { return [word + "=true"] }
        return word.hasSuffix("=") ? [String(word.dropLast()), ""] : [word]
    }

    /// Where the next word is that is neither a flag for clusters nor the value of one.
    private static func position(in words: [String], from start: Int) -> Int? {
        var index = start
        while index < words.count {
            let word = words[index]
            guard word.hasPrefix("-"), word != "--" else { return word == "--" ? nil : index }
            let name = word.drop { $0 == "-" }
            let takesNext = ClusterOptions.hoistedFlags.contains {
                word == "--" + $0.long || $0.short.map { short in word == "-\(short)" } == true
            }
            guard takesNext || name.contains("=") || word.hasPrefix("-n") else { return nil }
            index += takesNext ? 2 : 1
        }
        return nil
    }
}
