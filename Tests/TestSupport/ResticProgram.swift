// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A real restic, run without a cache and with a fixed password.
package struct ResticProgram: Sendable, CustomStringConvertible {
    /// Which of the two a test wants.
    package enum Release: String, Sendable, CaseIterable, CustomStringConvertible {
        /// The distribution's own package.
        case distribution
        /// The newest one, which `make deps` fetches.
        case newest

        package var description: String { rawValue }

        /// Finds the program; a test that needs one fails without it rather than passing unseen.
        package func program() throws -> ExternalProgram {
            guard self == .newest else { return try requireProgram("restic") }
            let environment = ProcessInfo.processInfo.environment
            let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/root") + "/.cache"
            let path = cache + "/velero-swift/restic-newest/restic"
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw ExternalProgram.Failure(description: "this test needs the newest restic; run `make deps`")
            }
            return ExternalProgram(path: path)
        }
    }

    /// The password every test repository has.
    package static let password = "test password"

    package let release: Release
    private let program: ExternalProgram

    package var description: String { "restic (\(release.rawValue))" }

    package init(release: Release, program: ExternalProgram) {
        self.release = release
        self.program = program
    }

    /// Runs a command on the repository in a directory and returns what it wrote to standard output.
    @discardableResult
    package func run(repository: String, _ arguments: [String], directory: String? = nil) throws -> String {
        let output = try program.run(
            ["--no-cache", "--repo", repository] + arguments,
            environment: Self.environment,
            directory: directory
        )
        return String(decoding: output, as: UTF8.self)
    }

    /// Like ``run(repository:_:directory:)`` for commands that are expected to fail.
    package func attempt(
        repository: String,
        _ arguments: [String],
        directory: String? = nil
    ) throws -> ExternalProgram.Output {
        try program.attempt(
            ["--no-cache", "--repo", repository] + arguments,
            environment: Self.environment,
            directory: directory
        )
    }

    private static var environment: [String: String] { ["RESTIC_PASSWORD": password, "TZ": "UTC"] }
}

/// Finds a real restic; a test that needs one fails without it rather than passing unseen.
package func requireRestic(_ release: ResticProgram.Release) throws -> ResticProgram {
    ResticProgram(release: release, program: try release.program())
}
