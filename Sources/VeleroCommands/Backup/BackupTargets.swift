// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What is to be backed up.
struct BackupTargets: ParsableArguments {
    @Argument(help: "Files and directories to back up.") var paths: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("File with shell patterns of what to back up, one a line.", valueName: "file")
    )
    var filesFrom: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("File with paths to back up, one a line, taken as they are.", valueName: "file")
    )
    var filesFromVerbatim: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("File with paths to back up, each ended by a NUL byte.", valueName: "file")
    )
    var filesFromRaw: [String] = []

    var isEmpty: Bool { paths.isEmpty && filesFrom.isEmpty && filesFromVerbatim.isEmpty && filesFromRaw.isEmpty }

    /// All paths named, in order, whether they exist or not.
    func named(in context: CommandContext, warn: (String) -> Void) throws -> [[UInt8]] {
        var names = try filesFrom.flatMap { file in
            lines(try context.input.readFile(file)).filter { !$0.isEmpty && !$0.hasPrefix("#") }.flatMap { pattern in
                let matches = FileProbe.glob(pattern)
                if matches.isEmpty { warn("the pattern \(pattern) in \(file) matches no file, skipping") }
                return matches.map { Array($0.utf8) }
            }
        }
        for file in filesFromVerbatim {
            names += lines(try context.input.readFile(file)).filter { !$0.isEmpty }.map { Array($0.utf8) }
        }
        for file in filesFromRaw {
            let pieces = try context.input.readFile(file).split(separator: 0, omittingEmptySubsequences: false)
            guard pieces.last?.isEmpty ?? true else {
                throw CommandFailure("\(file) does not end with a NUL byte; is it really a --files-from-raw list?")
            }
            names += pieces.filter { !$0.isEmpty }.map(Array.init)
        }
        return names + paths.map { Array($0.utf8) }
    }

    private func lines(_ bytes: [UInt8]) -> [String] {
        TextFileContents.decode(bytes).split(separator: "\n", omittingEmptySubsequences: true).map { line in
            line.last == "\r" ? String(line.dropLast()) : String(line)
        }
    }
}
