// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Prints what this program is: `velero restic version`.
struct ResticVersionCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "version",
        abstract: "Print the version and the repository formats this program reads and writes.",
        examples: ["velero restic version --json"]
    )

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        let platform = ProgramVersion.platform
        guard global.json else {
            try context.output.line(
                "\(ProgramVersion.program) (restic repository formats 1 and 2) on \(platform.system)/\(platform.processor)"
            )
            return
        }
        var json = JSONText()
        json.object { json in
            json.member("message_type", "version")
            json.member("version", ProgramVersion.number)
            json.member("go_version", "none")
            json.member("go_os", platform.system)
            json.member("go_arch", platform.processor)
        }
        json.endLine()
        try context.output.write(json.bytes)
    }
}
