// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A program of this machine that a test compares with.
package struct ExternalProgram: Sendable {
    /// Absolute path of the executable.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// What a run left behind.
    package struct Output: Sendable {
        package let status: Int32
        package let standardOutput: [UInt8]
        package let standardError: String
    }

    /// A run that could not be had or did not end with status 0.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: Arguments after the program's name.
    ///   - environment: Variables to set on top of those of the test process.
    ///   - directory: Working directory; that of the test process if nil.
    ///   - input: Bytes on standard input.
    /// - Throws: ``Failure`` if the program cannot be started.
    package func attempt(
        _ arguments: [String],
        environment: [String: String] = [:],
        directory: String? = nil,
        input: [UInt8] = []
    ) throws -> Output {
        let manager = FileManager.default
        let scratch = manager.temporaryDirectory.path + "/velero-program-\(UUID().uuidString)"
        try manager.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer { removeTree(scratch) }
        for (name, contents) in [("in", input), ("out", []), ("err", [])] {
            try Data(contents).write(to: URL(fileURLWithPath: "\(scratch)/\(name)"))
        }
        guard let standardInput = FileHandle(forReadingAtPath: "\(scratch)/in"),
            let standardOutput = FileHandle(forWritingAtPath: "\(scratch)/out"),
            let standardError = FileHandle(forWritingAtPath: "\(scratch)/err")
        else { throw Failure(description: "no scratch files in \(scratch)") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardError
        try process.run()
        process.waitUntilExit()
        return Output(
            status: process.terminationStatus,
            standardOutput: Array(manager.contents(atPath: "\(scratch)/out") ?? Data()),
            standardError: String(decoding: manager.contents(atPath: "\(scratch)/err") ?? Data(), as: UTF8.self)
        )
    }

    /// Runs the program, expecting success, and returns what it wrote to standard output.
    ///
    /// - Throws: ``Failure`` with the program's standard error if its status is not 0.
    @discardableResult
    package func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        directory: String? = nil,
        input: [UInt8] = []
    ) throws -> [UInt8] {
        let output = try attempt(arguments, environment: environment, directory: directory, input: input)
        guard output.status == 0 else {
            let command = ([path] + arguments).joined(separator: " ")
            throw Failure(description: "\(command) ended with status \(output.status): \(output.standardError)")
        }
        return output.standardOutput
    }
}

/// Finds a program on the search path; a test that needs one fails without it rather than passing unseen.
///
/// - Throws: ``ExternalProgram/Failure`` if there is no such program.
package func requireProgram(_ name: String) throws -> ExternalProgram {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    for directory in path.split(separator: ":") {
        let candidate = "\(directory)/\(name)"
        if FileManager.default.isExecutableFile(atPath: candidate) { return ExternalProgram(path: candidate) }
    }
    throw ExternalProgram.Failure(description: "this test needs the program \(name), which is not on \(path)")
}
