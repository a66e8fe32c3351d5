// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DataMover

/// The flags that leave things out by pattern.
struct ExcludeOptions: ParsableArguments {
    @Option(
        name: [.customShort("e", allowingJoined: true), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Leave out what matches; may be repeated.", valueName: "pattern")
    )
    var exclude: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The same without regard to case.", valueName: "pattern")
    )
    var iexclude: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Patterns to leave out, one a line; may be repeated.", valueName: "file")
    )
    var excludeFile: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The same without regard to case.", valueName: "file")
    )
    var iexcludeFile: [String] = []

    func filter(in context: CommandContext) throws -> PathFilter {
        try PatternReading.filter(
            patterns: exclude,
            caseless: iexclude,
            files: excludeFile,
            caselessFiles: iexcludeFile,
            in: context
        )
    }
}

/// The flags that restrict to patterns.
struct IncludeOptions: ParsableArguments {
    @Option(
        name: [.customShort("i", allowingJoined: true), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Take only what matches; may be repeated.", valueName: "pattern")
    )
    var include: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The same without regard to case.", valueName: "pattern")
    )
    var iinclude: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Patterns to take, one a line; may be repeated.", valueName: "file")
    )
    var includeFile: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The same without regard to case.", valueName: "file")
    )
    var iincludeFile: [String] = []

    func filter(in context: CommandContext) throws -> PathFilter {
        try PatternReading.filter(
            patterns: include,
            caseless: iinclude,
            files: includeFile,
            caselessFiles: iincludeFile,
            in: context
        )
    }
}

/// Reads patterns from flags and files.
enum PatternReading {
    /// - Throws: ``CommandFailure`` naming the pattern that cannot be one or the file that cannot be read.
    static func filter(
        patterns: [String],
        caseless: [String],
        files: [String],
        caselessFiles: [String],
        in context: CommandContext
    ) throws -> PathFilter {
        do {
            return try PathFilter(
                patterns: patterns + files.flatMap { try read($0, in: context) },
                caselessPatterns: caseless + caselessFiles.flatMap { try read($0, in: context) }
            )
        } catch let error as PathPattern.Malformed {
            throw CommandFailure("\(error)")
        }
    }

    private static func read(_ file: String, in context: CommandContext) throws -> [String] {
        let text = TextFileContents.decode(try context.input.readFile(file))
        return PatternFile.patterns(in: text) { context.environment[$0] }
    }
}

extension PathComponents {
    /// Components of an absolute path given as bytes.
    init(absolute path: [UInt8]) {
        self.init(isAbsolute: true, names: path.split(separator: UInt8(ascii: "/")).map(Array.init))
    }
}
