// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Testing

@testable import VeleroCommands

@Suite("The command line")
struct CommandLineRunnerTests {
    @Test(
        "wrong usage exits 1 and says so on standard error",
        arguments: ["restic bogus", "restic version --bogus", "bogus"]
    )
    func usage(line: String) async {
        let output = RecordedOutput()
        let code = await CommandLineRunner.run(words(line), in: .scripted(output: output))
        #expect(code == .failure)
        #expect(output.text.isEmpty)
        #expect(!output.errorText.isEmpty)
    }

    @Test("wrong usage is a message for programs that asked for JSON")
    func usageForPrograms() async {
        let output = RecordedOutput()
        let code = await CommandLineRunner.run(words("restic version --json --bogus"), in: .scripted(output: output))
        #expect(code == .failure && output.text.isEmpty)
        #expect(output.errorText.hasPrefix(#"{"message_type":"exit_error","code":1,"message":"Fatal: "#))
        #expect(output.errorText.contains("--bogus") && output.errorText.hasSuffix("}\n"))
    }

    @Test("help goes to standard output", arguments: ["--help", "restic --help", "restic", "restic help version"])
    func help(line: String) async {
        let output = RecordedOutput()
        let code = await CommandLineRunner.run(words(line), in: .scripted(output: output))
        #expect(code == .success)
        #expect(output.text.contains("USAGE"))
    }

    @Test("the version is printed for people and programs")
    func version() async {
        let output = RecordedOutput()
        #expect(await CommandLineRunner.run(words("restic --json version"), in: .scripted(output: output)) == .success)
        #expect(output.text.hasPrefix(#"{"message_type":"version","version":""#))
    }

    @Test("the flags that may be hoisted are those the parser knows")
    func hoistedFlags() {
        let declared = Set(GlobalOptions.hoistedFlags.map(\.long))
        let help = VeleroCommand.helpMessage(for: ResticCommand.self, columns: 4000)
        let shown = help.split(separator: "\n").compactMap { line -> String? in
            let trimmed = line.drop { $0 == " " }
            guard trimmed.hasPrefix("-"), let start = trimmed.firstRange(of: "--") else { return nil }
            return String(trimmed[start.upperBound...].prefix { $0 != " " && $0 != "," && $0 != "/" })
        }
        #expect(Set(shown).subtracting(["help", "version"]) == declared)
        for flag in GlobalOptions.hoistedFlags {
            let line = help.split(separator: "\n").first { $0.contains("--\(flag.long) ") }
            #expect(line?.contains("--\(flag.long) <") == flag.takesValue, "--\(flag.long)")
        }
    }

    @Test("every command explains itself with an example")
    func examples() {
        for command in leaves(VeleroCommand.self) {
            let configuration = command.configuration
            #expect(!configuration.abstract.isEmpty, "\(command)")
            #expect(configuration.discussion.contains("Example"), "\(command)")
        }
    }

    private func leaves(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        let children = command.configuration.subcommands
        return children.isEmpty ? [command] : children.flatMap(leaves)
    }

    private func words(_ line: String) -> [String] {
        line.split(separator: " ").map(String.init)
    }
}
