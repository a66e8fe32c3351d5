// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The programs the process-level tests run.
enum Programs {
    /// `VELERO_BINARY`, or the executable built next to this test bundle.
    static func velero() throws -> ExternalProgram {
        if let path = ProcessInfo.processInfo.environment["VELERO_BINARY"] { return ExternalProgram(path: path) }
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/velero"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw ExternalProgram.Failure(description: "no velero beside \(bundle); build it, or set VELERO_BINARY")
        }
        return ExternalProgram(path: path)
    }

    /// restic as the distribution has it.
    static func restic() throws -> ExternalProgram {
        try requireProgram("restic")
    }

    /// The newest restic, which `make deps` puts into the cache.
    static func newestRestic() throws -> ExternalProgram {
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/root") + "/.cache"
        let path = base + "/velero-swift/restic-newest/restic"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw ExternalProgram.Failure(description: "this test needs \(path); run `make deps`")
        }
        return ExternalProgram(path: path)
    }
}

/// A repository in a directory of its own, with a source tree beside it, gone with the value.
final class Workbench {
    let root: String
    let velero: ExternalProgram
    let newestRestic: ExternalProgram

    var repository: String { root + "/repo" }
    var source: String { root + "/src" }

    init() throws {
        root = FileManager.default.temporaryDirectory.path + "/velero-cli-\(UUID().uuidString)"
        velero = try Programs.velero()
        newestRestic = try Programs.newestRestic()
        try FileManager.default.createDirectory(atPath: source + "/sub", withIntermediateDirectories: true)
        try write("hello\n", to: "a")
        try write(String(repeating: "0123456789abcdef", count: 10_000), to: "sub/big")
        try FileManager.default.createSymbolicLink(atPath: source + "/link", withDestinationPath: "a")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(source)/\(name)"))
    }

    /// Variables that name the repository and its password and keep caches out of the way.
    var environment: [String: String] {
        [
            "RESTIC_REPOSITORY": repository, "RESTIC_PASSWORD": "geheim", "XDG_CACHE_HOME": root + "/cache",
            "TZ": "UTC",
            "RESTIC_PROGRESS_FPS": "",
        ]
    }

    /// Runs `velero restic` with the given words.
    @discardableResult
    func run(_ words: [String], adding variables: [String: String] = [:], input: [UInt8] = []) throws -> Outcome {
        let output = try velero.attempt(
            ["restic"] + words,
            environment: environment.merging(variables) { $1 },
            directory: root,
            input: input
        )
        return Outcome(
            code: output.status,
            text: String(decoding: output.standardOutput, as: UTF8.self),
            errorText: output.standardError
        )
    }

    /// Runs the newest restic, expecting success.
    @discardableResult
    func restic(_ words: [String]) throws -> String {
        let output = try newestRestic.run(words, environment: environment, directory: root)
        return String(decoding: output, as: UTF8.self)
    }

    /// A repository written by the newest restic with three snapshots.
    func makeSnapshots() throws {
        try restic(["init", "-q"])
        try restic(["backup", "-q", "src", "--tag", "t1,t2"])
        try write("more\n", to: "a")
        try FileManager.default.removeItem(atPath: source + "/link")
        try write("new\n", to: "new")
        try restic(["backup", "-q", "src", "--host", "other"])
        try restic(["backup", "-q", "src/sub"])
    }

    struct Outcome {
        var code: Int32
        var text: String
        var errorText: String
    }
}
