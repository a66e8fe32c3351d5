// SPDX-License-Identifier: Apache-2.0

/// The `-o name=value` options, each of which must be known to whoever builds the storage.
package struct ExtendedOptions: Hashable, Sendable {
    private var values: [String: String] = [:]

    /// - Throws: ``CommandFailure`` for a missing name or a name given twice with different values.
    package init(_ arguments: [String]) throws(CommandFailure) {
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = (parts.first.map(String.init) ?? "").lowercased().trimmedASCIISpace()
            guard !name.isEmpty else {
                throw CommandFailure("the option -o \"\(argument)\" has no name; write -o name=value")
            }
            let value = parts.count > 1 ? String(parts[1]).trimmedASCIISpace() : ""
            if let other = values[name], other != value {
                throw CommandFailure("the option -o \(name) is given twice with different values")
            }
            values[name] = value
        }
    }

    /// Takes an option out; nil when it is not given.
    package mutating func take(_ name: String) -> String? {
        values.removeValue(forKey: name)
    }

    /// Takes out a whole number that must be positive.
    package mutating func takeCount(_ name: String) throws(CommandFailure) -> Int? {
        guard let text = take(name) else { return nil }
        guard let number = Int(text), number > 0 else {
            throw CommandFailure("the option -o \(name)=\(text) needs a whole number above zero")
        }
        return number
    }

    /// Takes out a truth value: `true`, `1`, `t`, `yes` or the opposite.
    package mutating func takeFlag(_ name: String) throws(CommandFailure) -> Bool? {
        guard let text = take(name) else { return nil }
        switch text.lowercased() {
        case "true", "1", "t", "yes", "": return true
        case "false", "0", "f", "no": return false
        default: throw CommandFailure("the option -o \(name)=\(text) needs true or false")
        }
    }

    /// - Throws: ``CommandFailure`` naming what nobody took: an option is never ignored.
    package func requireAllTaken() throws(CommandFailure) {
        guard let name = values.keys.sorted().first else { return }
        throw CommandFailure("the option -o \(name) is unknown for this kind of repository")
    }
}

extension String {
    /// The text without ASCII white space at both ends.
    package func trimmedASCIISpace() -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
