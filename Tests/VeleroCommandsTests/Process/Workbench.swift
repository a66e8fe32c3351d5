// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import Foundation
import ObjectStorage
import RepositoryEngine
import ResticFormat
import TestSupport
import Testing

@testable import VeleroCommands

/// A repository in a directory of its own or in a bucket, with a source tree beside it, worked on by the built `velero` and a
/// real restic; gone with the value.
final class Workbench: Sendable {
    /// The password of every repository here.
    static let password = "geheim"

    /// How a program ended.
    struct Outcome {
        var code: Int32
        var text: String
        var errorText: String
    }

    let root: String
    let velero: ExternalProgram
    let resticProgram: ExternalProgram
    /// Where repositories live; nil for directories below `root`.
    private let server: S3TestServer?
    private let bucket: String
    private let usesCache: Bool

    var repository: String { location("repo") }
    var source: String { root + "/src" }

    /// - Parameters:
    ///   - release: Which restic ``restic(_:on:)`` runs.
    ///   - server: Put repositories behind it.
    ///   - usesCache: False keeps both programs from remembering what a test damages behind their backs.
    init(
        _ release: ResticProgram.Release = .newest,
        server: S3TestServer? = nil,
        usesCache: Bool = true
    ) throws {
        let name = "velero-cli-\(UUID().uuidString)"
        root = FileManager.default.temporaryDirectory.path + "/" + name
        bucket = name.lowercased()
        velero = try Self.findVelero()
        resticProgram = try release.program()
        self.server = server
        self.usesCache = usesCache
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    /// With a source of three small files and a link.
    static func withSmallSource(_ release: ResticProgram.Release = .newest, usesCache: Bool = true) throws -> Workbench
    {
        let bench = try Workbench(release, usesCache: usesCache)
        try FileManager.default.createDirectory(atPath: bench.source + "/sub", withIntermediateDirectories: true)
        try bench.write("hello\n", to: "a")
        try bench.write(String(repeating: "0123456789abcdef", count: 10_000), to: "sub/big")
        try FileManager.default.createSymbolicLink(atPath: bench.source + "/link", withDestinationPath: "a")
        return bench
    }

    deinit { removeTree(root) }

    /// `VELERO_BINARY`, or the executable built next to this test bundle.
    private static func findVelero() throws -> ExternalProgram {
        if let path = ProcessInfo.processInfo.environment["VELERO_BINARY"] { return ExternalProgram(path: path) }
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/velero"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw ExternalProgram.Failure(description: "no velero beside \(bundle); build it, or set VELERO_BINARY")
        }
        return ExternalProgram(path: path)
    }

    /// The repository of that name, as both programs write it.
    func location(_ name: String) -> String {
        server?.location(bucket: bucket, prefix: name) ?? "\(root)/\(name)"
    }

    func write(_ text: String, to name: String) throws {
        try write(Array(text.utf8), to: name)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(source)/\(name)"))
    }

    /// Variables that name the repository and its password and keep caches out of the way.
    var environment: [String: String] {
        [
            "RESTIC_REPOSITORY": repository, "RESTIC_PASSWORD": Self.password, "RESTIC_FROM_PASSWORD": Self.password,
            "XDG_CACHE_HOME": root + "/cache", "TZ": "UTC", "RESTIC_PROGRESS_FPS": "",
        ]
        .merging(server?.environment ?? [:]) { $1 }
    }

    // MARK: Running

    /// Flags that come before the command.
    func flags(for name: String?) -> [String] {
        (usesCache ? [] : ["--no-cache"]) + (name.map { ["--repo", location($0)] } ?? [])
    }

    /// Runs `velero restic` with the given words.
    @discardableResult
    func run(
        _ words: [String],
        on name: String? = nil,
        adding variables: [String: String] = [:],
        input: [UInt8] = []
    ) throws -> Outcome {
        try attempt(velero, ["restic"] + flags(for: name) + words, adding: variables, input: input)
    }

    /// Runs the real restic, expecting success.
    @discardableResult
    func restic(_ words: [String], on name: String? = nil) throws -> String {
        let output = try resticProgram.run(flags(for: name) + words, environment: environment, directory: root)
        return String(decoding: output, as: UTF8.self)
    }

    /// Runs the real restic, whatever comes of it.
    func attemptRestic(
        _ words: [String],
        on name: String? = nil,
        adding variables: [String: String] = [:]
    ) throws -> Outcome {
        try attempt(resticProgram, flags(for: name) + words, adding: variables, input: [])
    }

    private func attempt(
        _ program: ExternalProgram,
        _ words: [String],
        adding variables: [String: String],
        input: [UInt8]
    ) throws -> Outcome {
        let output = try program.attempt(
            words,
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

    // MARK: Repositories

    private static let cheapKey = Scrypt.Parameters(costFactor: 1024, blockFactor: 8, parallelism: 1)

    /// An empty repository whose key opens in no time.
    func makeRepository(_ name: String = "repo", version: Int = 2) async throws {
        try await withStorage(of: name) { storage in
            var options = InitializeOptions()
            options.version = version == 1 ? .v1 : .v2
            options.keyDerivation = Self.cheapKey
            let password = RepositoryPassword(Self.password)
            _ = try await Repository.initialize(on: storage, password: password, options: options)
        }
    }

    /// Replaces the key of a repository by one that opens in no time, for tests that run dozens of commands.
    func cheapenKey(of name: String) async throws {
        try await withStorage(of: name) { storage in
            let password = RepositoryPassword(Self.password)
            let repository = try await Repository.open(on: storage, password: password)
            _ = try await repository.changePassword(to: password, parameters: Self.cheapKey)
        }
    }

    private func withStorage(of name: String, _ body: (any ObjectStorage) async throws -> Void) async throws {
        let factory = StorageFactory(settings: GlobalSettings(), context: .scripted(environment: environment)) { _ in }
        try await factory.withStorage(at: RepositoryLocation(location(name))) { try await body($0) }
    }

    /// A repository written by the real restic with three snapshots of two hosts and two paths.
    func makeSnapshots() async throws {
        try await makeRepository()
        try restic(["backup", "-q", "src", "--tag", "t1,t2"])
        try write("more\n", to: "a")
        try FileManager.default.removeItem(atPath: source + "/link")
        try write("new\n", to: "new")
        try restic(["backup", "-q", "src", "--host", "other"])
        try restic(["backup", "-q", "src/sub"])
    }

    /// A repository written by the real restic, whose snapshots of one path share half of their data.
    func makeHistory(_ name: String = "repo", version: Int = 2, snapshotCount: Int = 3) async throws {
        try await makeRepository(name, version: version)
        var generator = SplitMixGenerator(seed: 11)
        try write(generator.bytes(700_000), to: "sub/always")
        for number in 0..<snapshotCount {
            try write(generator.bytes(600_000), to: "changing")
            try write("number \(number)\n", to: "sub/number")
            try restic(["backup", "-q", "src", "--host", "h", "--tag", "t\(number)"], on: name)
        }
    }

    /// Fails unless the real restic finds everything in order, having read all data.
    func expectSound(_ name: String = "repo") throws {
        try restic(["check", "--read-data"], on: name)
    }

    // MARK: Files of a repository in a directory

    func snapshotIDs(_ name: String = "repo") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(name)/snapshots").sorted()
    }

    /// A copy of a repository, file for file.
    func clone(_ name: String, to copy: String) throws {
        try requireProgram("cp").run(["-a", "\(root)/\(name)", "\(root)/\(copy)"])
    }

    /// Ids, paths and sizes of the packs, largest first.
    func packs(of name: String = "repo") throws -> [(id: String, path: String, byteCount: Int)] {
        let data = "\(root)/\(name)/data"
        var packs: [(id: String, path: String, byteCount: Int)] = []
        for case let name as String in FileManager.default.enumerator(atPath: data) ?? .init() {
            guard let id = name.split(separator: "/").last, id.utf8.count == 64 else { continue }
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(data)/\(name)")
            packs.append((String(id), "\(data)/\(name)", attributes[.size] as? Int ?? 0))
        }
        return packs.sorted { $0.byteCount > $1.byteCount }
    }

    func indexFiles(of name: String = "repo") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(name)/index").sorted()
            .map { "\(root)/\(name)/index/\($0)" }
    }

    /// Changes a stored file in place.
    func damage(_ path: String, _ change: (inout Data) -> Void) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        change(&bytes)
        try bytes.write(to: URL(fileURLWithPath: path))
    }
}
