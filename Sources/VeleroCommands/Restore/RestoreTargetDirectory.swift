// SPDX-License-Identifier: Apache-2.0

import VolumeIO

/// The directory a restore goes into.
enum RestoreTargetDirectory {
    /// Opens `path`, making it if need be, for `body`; a dry run makes nothing.
    ///
    /// - Throws: ``CommandFailure`` when it cannot be made or is no directory.
    static func lend(
        _ path: String,
        isDryRun: Bool,
        _ body: (SharedDirectory, _ isNew: Bool) async throws -> Void
    ) async throws {
        let kind = FileProbe.kind(path, followsLinks: true)
        guard kind != .other else { throw CommandFailure("the target \(path) is no directory; choose another one") }
        if kind == .missing, !isDryRun { try FileProbe.makeDirectories(path) }
        // What a dry run would make has nothing in it, like this directory that no one can put anything into.
        let opened = kind == .missing && isDryRun ? "/proc/self/fdinfo/.." : path
        let directory = SharedDirectory(try OpenDirectory.open(path: opened))
        try await body(directory, kind == .missing || FileProbe.isEmpty(path))
    }
}
