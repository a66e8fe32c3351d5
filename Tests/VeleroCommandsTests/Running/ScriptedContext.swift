// SPDX-License-Identifier: Apache-2.0

import Synchronization
import VeleroCommands

/// Collects what a command prints.
final class RecordedOutput: CommandOutput {
    private let streams = Mutex((output: [UInt8](), error: [UInt8]()))
    let isTerminal: Bool
    let terminalSize: TerminalSize

    init(isTerminal: Bool = false, terminalSize: TerminalSize = .standard) {
        self.isTerminal = isTerminal
        self.terminalSize = terminalSize
    }

    func write(_ bytes: [UInt8]) throws { streams.withLock { $0.output += bytes } }

    func writeError(_ bytes: [UInt8]) { streams.withLock { $0.error += bytes } }

    var text: String { String(decoding: streams.withLock { $0.output }, as: UTF8.self) }

    var errorText: String { String(decoding: streams.withLock { $0.error }, as: UTF8.self) }
}

/// Answers from a script.
struct ScriptedInput: CommandInput {
    var isTerminal = false
    var files: [String: [UInt8]] = [:]
    var programs: [[String]: String] = [:]
    var line: String?
    var secrets: [String: String] = [:]

    func readSecret(prompt: String) throws -> String { secrets[prompt] ?? "" }
    func readLine() throws -> String? { line }
    func read(maximumByteCount: Int) throws -> [UInt8] { [] }

    func readFile(_ path: String) throws -> [UInt8] {
        guard let contents = files[path] else { throw CommandFailure("no file \(path)") }
        return contents
    }

    func runProgram(_ words: [String], adding variables: [String: String]) throws -> [UInt8] {
        guard let answer = programs[words] else { throw CommandFailure("no program \(words)") }
        return Array(answer.utf8)
    }

    func startProgram(_ words: [String]) throws -> any ProgramOutput {
        throw CommandFailure("no program \(words)")
    }
}

extension CommandContext {
    /// A context that touches nothing outside the test.
    static func scripted(
        environment: [String: String] = [:],
        output: RecordedOutput = RecordedOutput(),
        input: ScriptedInput = ScriptedInput()
    ) -> CommandContext {
        CommandContext(
            environment: environment,
            output: output,
            input: input,
            workingDirectory: "/srv/dir",
            identity: ProcessIdentity(hostName: "host", userName: "user", userID: 1, groupID: 2, processID: 3)
        )
    }
}
