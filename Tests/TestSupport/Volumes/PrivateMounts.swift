// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import Foundation

/// Bind mounts that exist only for a process of their own, through whose root directory anybody may look.
///
/// They need no rights, only user namespaces, and go with the process.
package final class PrivateMounts: Sendable {
    /// What is not as the test needs it.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let process: Process
    private let input = Pipe()

    private static let script = """
        while [ $# -gt 0 ]; do mount --bind "$1" "$2" || exit 1; shift 2; done
        echo ready
        exec cat
        """

    /// - Parameter binds: Absolute paths of what is mounted, and where.
    package init(_ binds: [(source: String, target: String)]) async throws {
        let output = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: try requireProgram("unshare").path)
        process.arguments = ["-rm", "sh", "-c", Self.script, "sh"] + binds.flatMap { [$0.source, $0.target] }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let handle = output.fileHandleForReading
        let executor = BlockingExecutor(name: "mounts", threadCount: 1)
        let line = await executor.run { () throws(Never) in handle.availableData }
        guard !line.isEmpty else { throw Failure(description: "this test needs user namespaces (unshare -rm)") }
    }

    /// The root directory as the process sees it.
    package var root: String { "/proc/\(process.processIdentifier)/root" }

    /// Ends the mounts.
    package func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
