// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives

/// What this program does as `velero-restore-helper`: it holds a restored pod back until its volumes are restored.
package struct RestoreHelper: Sendable {
    /// Names of the program it answers to: since Velero 1.10, and before.
    package static let programs = ["velero-restore-helper", "velero-restic-restore-helper"]
    /// Where the volumes of the pod are mounted.
    package static let directory = "/restores"

    private let marks: RestoreMarks
    private let restoreUID: String
    private let lastLine: String
    private let clock: any Clock<Duration>
    private let output: any CommandOutput

    /// - Parameter arguments: One: the uid of the restore.
    /// - Throws: ``CommandFailure`` for anything else.
    package init(
        program: String,
        arguments: [String],
        directory: String = Self.directory,
        output: any CommandOutput,
        clock: any Clock<Duration> = ContinuousClock()
    ) throws {
        guard arguments.count == 1, let uid = arguments.first else {
            throw CommandFailure("exactly one argument must be provided, the restore's UID")
        }
        guard (1...253).contains(uid.utf8.count), !uid.contains("/"), uid != ".", uid != "..",
            uid.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw CommandFailure("the argument is no UID of a restore") }
        restoreUID = uid
        marks = RestoreMarks(directory: directory)
        lastLine =
            program == Self.programs[0] ? "All pod volume restores are done" : "All restic restores are done"
        self.clock = clock
        self.output = output
    }

    /// Looks every second, and returns when every volume is restored and its mark is removed.
    ///
    /// - Throws: `CancellationError`, or what standard output throws.
    package func run() async throws {
        let executor = BlockingExecutor(name: "restore marks", threadCount: 1)
        var wait = RestoreWait(restoreUID: restoreUID, directory: marks.directory)
        var lastError = ""
        let (marks, restoreUID) = (marks, restoreUID)
        while true {
            do {
                let entries = try await executor.run { try marks.look(for: restoreUID) }
                let decision = wait.decide(entries)
                for line in decision.lines { try output.line(line) }
                if decision.isDone { break }
                lastError = ""
            } catch let error as CancellationError {
                throw error
            } catch let error as OutputClosed {
                throw error
            } catch {
                let text = "ERROR: cannot read \(marks.directory): \(error)"
                if text != lastError { output.errorLine(text) }
                lastError = text
            }
            try await clock.sleep(for: .seconds(1))
        }
        try output.line(lastLine)
        for line in await executor.run({ marks.remove() }) { try output.line(line) }
    }
}
