// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A flag that is on when it is given alone, and otherwise what stands behind its `=`.
///
/// The words of a command are brought into the form with `=` before they are parsed.
struct TruthWord: ExpressibleByArgument, Sendable, Hashable {
    let value: Bool

    init?(argument: String) {
        guard let value = Self.value(argument) else { return nil }
        self.value = value
    }

    /// What Go takes for true and false; nil for anything else.
    static func value(_ word: some StringProtocol) -> Bool? {
        switch word {
        case "true", "1", "t", "T", "TRUE", "True": true
        case "false", "0", "f", "F", "FALSE", "False": false
        default: nil
        }
    }
}

extension Optional where Wrapped == TruthWord {
    /// Whether the flag is on; it is off if it was not given.
    var isOn: Bool { self?.value == true }
}
