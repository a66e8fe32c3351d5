// SPDX-License-Identifier: Apache-2.0

/// Where the password of a repository comes from.
package enum PasswordSource: Hashable, Sendable {
    case file(String)
    case command(String)
    case text(String)
    /// `--insecure-no-password`: the empty password, on purpose.
    case empty
    /// The terminal, or the first line of standard input when that is no terminal.
    case prompt

    /// The password.
    ///
    /// - Parameters:
    ///   - prompt: What to show on a terminal.
    ///   - confirmation: A second prompt for a new password, which must be typed twice; nil for existing ones.
    /// - Throws: ``CommandFailure`` when it cannot be had, is empty without being meant so, or was mistyped.
    package func read(from input: any CommandInput, prompt: String, confirmation: String? = nil) throws -> String {
        let password: String
        switch self {
        case .empty: return ""
        case .text(let text): password = text
        case .file(let path): password = TextFileContents.trimmed(try input.readFile(path))
        case .command(let line):
            password = TextFileContents.trimmed(try input.runProgram(try CommandWords.split(line)))
        case .prompt: password = try Self.ask(input, prompt, confirmation)
        }
        guard !password.isEmpty else {
            throw CommandFailure(
                "the password is empty; give --insecure-no-password if the repository really has none"
            )
        }
        return password
    }

    private static func ask(_ input: any CommandInput, _ prompt: String, _ confirmation: String?) throws -> String {
        guard input.isTerminal else {
            guard let line = try input.readLine() else {
                throw CommandFailure(
                    "no password given; use --password-file, --password-command or RESTIC_PASSWORD, or type one on a terminal"
                )
            }
            return line
        }
        let password = try input.readSecret(prompt: prompt)
        if let confirmation, try input.readSecret(prompt: confirmation) != password {
            throw CommandFailure("the two passwords are not the same; nothing was changed")
        }
        return password
    }
}
