// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A repository that a real restic makes, worked on by the built `velero`; gone with the value.
final class MaintenanceBench {
    let root: String
    let restic: ResticProgram
    private let velero: ExternalProgram

    var repository: String { root + "/repo" }

    init(_ release: ResticProgram.Release) throws {
        root = FileManager.default.temporaryDirectory.path + "/velero-maintenance-\(UUID().uuidString)"
        restic = try requireRestic(release)
        velero = try Self.findVelero()
        try FileManager.default.createDirectory(atPath: root + "/src/sub", withIntermediateDirectories: true)
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

    struct Outcome {
        var code: Int32
        var text: String
        var errorText: String
    }

    /// Runs `velero restic` on the repository, or on another one in the bench's directory.
    func velero(_ words: [String], on name: String = "repo") throws -> Outcome {
        let output = try velero.attempt(
            ["restic", "--no-cache", "--repo", "\(root)/\(name)"] + words,
            environment: [
                "RESTIC_PASSWORD": ResticProgram.password, "RESTIC_FROM_PASSWORD": ResticProgram.password, "TZ": "UTC",
            ],
            directory: root
        )
        return Outcome(
            code: output.status,
            text: String(decoding: output.standardOutput, as: UTF8.self),
            errorText: output.standardError
        )
    }

    /// Makes a repository, with `snapshotCount` snapshots that share half of their data.
    func make(_ name: String = "repo", version: Int = 2, snapshotCount: Int = 3) throws {
        let path = "\(root)/\(name)"
        try restic.run(repository: path, ["init", "-q", "--repository-version", "\(version)"])
        var generator = SplitMixGenerator(seed: 11)
        try write(generator.bytes(700_000), to: "sub/always")
        for number in 0..<snapshotCount {
            try write(generator.bytes(600_000), to: "changing")
            try write(Array("number \(number)\n".utf8), to: "sub/number")
            try restic.run(
                repository: path,
                ["backup", "-q", "src", "--host", "h", "--tag", "t\(number)"],
                directory: root
            )
        }
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(root)/src/\(name)"))
    }

    /// Fails unless restic finds everything in order, having read all data.
    func expectSound(_ name: String = "repo") throws {
        try restic.run(repository: "\(root)/\(name)", ["check", "--read-data"])
    }

    func snapshotIDs(_ name: String = "repo") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(name)/snapshots").sorted()
    }

    /// The largest pack: its id and path.
    func largestPack() throws -> (id: String, path: String) {
        let data = repository + "/data"
        var largest = (id: "", path: "", byteCount: -1)
        for case let name as String in FileManager.default.enumerator(atPath: data) ?? .init() {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(data)/\(name)")
            guard let id = name.split(separator: "/").last, id.utf8.count == 64 else { continue }
            let byteCount = attributes[.size] as? Int ?? 0
            if byteCount > largest.byteCount { largest = (String(id), "\(data)/\(name)", byteCount) }
        }
        return (largest.id, largest.path)
    }

    /// Changes a stored file in place.
    func damage(_ path: String, _ change: (inout Data) -> Void) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        change(&bytes)
        try bytes.write(to: URL(fileURLWithPath: path))
    }
}
