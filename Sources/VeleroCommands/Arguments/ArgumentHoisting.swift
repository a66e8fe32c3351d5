// SPDX-License-Identifier: Apache-2.0

/// Moves global flags that stand before a command behind it, where the parser expects them.
///
/// `velero restic -r /srv/repo key add` becomes `velero restic key add -r /srv/repo`, `velero -n backups install` becomes
/// `velero install -n backups`; `restic help ls` becomes `restic ls --help`; `--verbose=2`, `--json=true` and `--wait=false`, which
/// restic and Velero accept, become what the parser knows.
package struct ArgumentHoisting: Sendable {
    /// The commands below one word.
    package indirect enum Tree: Sendable {
        case commands([String: Tree])
        case command

        fileprivate func child(_ name: String) -> Tree? {
            guard case .commands(let children) = self else { return nil }
            return children[name]
        }

        fileprivate var isLeaf: Bool {
            if case .command = self { return true }
            return false
        }
    }

    /// A flag every command takes.
    package struct GlobalFlag: Sendable, Hashable {
        package var long: String
        package var short: Character?
        package var takesValue: Bool

        package init(_ long: String, short: Character? = nil, takesValue: Bool) {
            self.long = long
            self.short = short
            self.takesValue = takesValue
        }
    }

    /// The first word of the commands that have flags of their own.
    private let group = "restic"
    package var tree: Tree
    /// Flags of every command below ``group``.
    package var flags: [GlobalFlag]
    /// Flags of the other commands; the only ones that may stand before the first word.
    package var rootFlags: [GlobalFlag]
    /// Long names of flags that others accept a truth value for, with what stands for false; nil for nothing.
    package var switches: [String: String?]

    package init(
        tree: Tree,
        flags: [GlobalFlag],
        rootFlags: [GlobalFlag] = [],
        switches: [String: String?] = [:]
    ) {
        self.tree = tree
        self.flags = flags
        self.rootFlags = rootFlags
        self.switches = switches
    }

    /// - Parameter arguments: The words behind the program's name, the group's word (`restic`) first.
    package func normalized(_ arguments: [String]) -> [String] {
        var path: [String] = []
        var moved: [String] = []
        var node = tree
        var index = 0
        while index < arguments.count, !node.isLeaf {
            let word = arguments[index]
            if let child = node.child(word) {
                path.append(word)
                node = child
                index += 1
            } else if !path.isEmpty, word == "help" {
                return path + arguments[(index + 1)...].filter { !$0.hasPrefix("-") } + ["--help"]
            } else if let length = globalFlagLength(arguments[index...], path.first == group ? flags : rootFlags) {
                moved += arguments[index..<min(arguments.count, index + length)]
                index += length
            } else {
                break
            }
        }
        let rest = index < arguments.count ? Array(arguments[index...]) : []
        guard node.isLeaf || !rest.isEmpty else { return path }
        return path + expanded(moved + rest)
    }

    /// How many words the global flag at the start of `words` takes; nil when there is none.
    private func globalFlagLength(_ words: ArraySlice<String>, _ flags: [GlobalFlag]) -> Int? {
        guard let word = words.first, word.hasPrefix("-"), word != "-", word != "--" else { return nil }
        if word.hasPrefix("--") {
            let name = word.dropFirst(2).prefix { $0 != "=" }
            guard let flag = flags.first(where: { $0.long == name }) else { return nil }
            return flag.takesValue && !word.contains("=") ? 2 : 1
        }
        let letters = Array(word.dropFirst())
        for (position, letter) in letters.enumerated() {
            if letter == "=", position > 0 { return 1 }
            guard let flag = flags.first(where: { $0.short == letter }) else { return nil }
            if flag.takesValue { return position == letters.count - 1 ? 2 : 1 }
        }
        return 1
    }

    private func expanded(_ words: [String]) -> [String] {
        let end = words.firstIndex(of: "--") ?? words.count
        return words[..<end].flatMap(expanded) + words[end...]
    }

    private func expanded(_ word: String) -> [String] {
        if let expansion = expandedSwitch(word) { return expansion }
        for flag in flags where !flag.takesValue {
            let short = flag.short.map { "-\($0)=" }
            guard let prefix = ["--\(flag.long)=", short ?? "--\(flag.long)="].first(where: word.hasPrefix) else {
                continue
            }
            let value = word.dropFirst(prefix.count)
            if let count = Int(value), flag.long == "verbose", (0...9).contains(count) {
                return Array(repeating: "--\(flag.long)", count: count)
            }
            guard let isSet = Self.truth(value) else { return [word] }
            return isSet ? ["--\(flag.long)"] : []
        }
        return [word]
    }

    /// `--wait=true` and the like; nil for any other word.
    private func expandedSwitch(_ word: String) -> [String]? {
        guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return nil }
        let name = String(word[..<equals].dropFirst(2))
        guard let negation = switches[name], let isSet = Self.truth(word[word.index(after: equals)...]) else {
            return nil
        }
        return isSet ? ["--\(name)"] : negation.map { ["--\($0)"] } ?? []
    }

    private static func truth(_ text: Substring) -> Bool? {
        switch text {
        case "true", "1", "t", "T", "TRUE", "True": true
        case "false", "0", "f", "F", "FALSE", "False": false
        default: nil
        }
    }
}
