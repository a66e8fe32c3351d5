// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VeleroCommands

@Suite(.timeLimit(.minutes(1))) struct RestoreHelperTests {
    private let uid = "0b1c2d3e-1111-2222-3333-444455556666"

    private func decision(_ sightings: [(String, RestoreWait.Sighting)]...) -> [RestoreWait.Decision] {
        var wait = RestoreWait(restoreUID: "u", directory: "/restores")
        return sightings.map { wait.decide($0.map { (name: $0.0, sighting: $0.1) }) }
    }

    @Test func `every volume must be restored, and files beside them do not count`() {
        let decisions = decision(
            [("a", .notRestored), ("b", .restored), ("c", .notDirectory)],
            [("a", .restored), ("b", .restored), ("c", .notDirectory)]
        )
        #expect(
            decisions == [
                .init(
                    lines: [
                        "Not found: /restores/a/.velero/u", "Found /restores/b/.velero/u",
                        "/restores/c is not a directory, skipping",
                    ],
                    isDone: false
                ), .init(lines: ["Found /restores/a/.velero/u"], isDone: true),
            ]
        )
    }

    @Test func `waiting says nothing twice`() {
        #expect(decision([("a", .notRestored)], [("a", .notRestored)]).last == .init(lines: [], isDone: false))
        #expect(decision([("a", .unreadable("x"))]).last?.isDone == false)
    }

    private func helper(
        _ directory: String,
        _ output: RecordedOutput,
        clock: ManualClock = ManualClock()
    ) throws -> RestoreHelper {
        try RestoreHelper(
            program: "velero-restore-helper",
            arguments: [uid],
            directory: directory,
            output: output,
            clock: clock
        )
    }

    private func make(_ path: String, _ text: String? = nil) throws {
        let file = URL(fileURLWithPath: path)
        let directory = text == nil ? file : file.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        if let text { try Data(text.utf8).write(to: file) }
    }

    @Test func `marks are found and removed, and nothing else is`() async throws {
        try await withTemporaryDirectory { directory in
            try make("\(directory)/data/.velero/\(uid)", "")
            try make("\(directory)/data/kept", "content")
            try make("\(directory)/cache/.velero/\(uid)", "")
            try make("\(directory)/file", "no volume")
            let output = RecordedOutput()
            try await helper(directory, output).run()
            #expect(output.text.hasSuffix("All pod volume restores are done\n"))
            #expect(!FileManager.default.fileExists(atPath: "\(directory)/data/.velero"))
            #expect(!FileManager.default.fileExists(atPath: "\(directory)/cache/.velero"))
            #expect(FileManager.default.fileExists(atPath: "\(directory)/data/kept"))
        }
    }

    @Test func `it looks again after a second`() async throws {
        try await withTemporaryDirectory { directory in
            try make("\(directory)/data")
            let output = RecordedOutput()
            let clock = ManualClock()
            let helper = try helper(directory, output, clock: clock)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await helper.run() }
                await clock.waitForSleepers()
                #expect(output.text == "Not found: \(directory)/data/.velero/\(uid)\n")
                try make("\(directory)/data/.velero/\(uid)", "")
                clock.advance(by: .seconds(1))
                try await group.waitForAll()
            }
            #expect(output.text.contains("Found \(directory)/data/.velero/\(uid)\nAll pod volume restores are done"))
        }
    }

    @Test func `no symbolic link stands for a mark, and none is followed when marks are removed`() async throws {
        try await withTemporaryDirectory { directory in
            let volumes = directory + "/restores"
            try make("\(directory)/elsewhere/\(uid)", "precious")
            try make("\(volumes)/linked")
            let manager = FileManager.default
            try manager.createSymbolicLink(
                atPath: "\(volumes)/linked/.velero",
                withDestinationPath: "\(directory)/elsewhere"
            )
            try make("\(volumes)/inner/.velero")
            try manager.createSymbolicLink(
                atPath: "\(volumes)/inner/.velero/\(uid)",
                withDestinationPath: "\(directory)/elsewhere/\(uid)"
            )
            let marks = RestoreMarks(directory: volumes)
            let sightings = try marks.look(for: uid).map(\.sighting)
            #expect(!sightings.contains(.restored))
            #expect(marks.remove().isEmpty)
            #expect(manager.contents(atPath: "\(directory)/elsewhere/\(uid)") == Data("precious".utf8))
        }
    }

    @Test(arguments: [[], ["a", "b"], ["../x"], [".."], [""], ["a\nb"]])
    func `exactly one argument, a uid`(_ arguments: [String]) {
        #expect(throws: CommandFailure.self) {
            try RestoreHelper(program: "velero-restore-helper", arguments: arguments, output: RecordedOutput())
        }
    }

    @Test(arguments: RestoreHelper.programs)
    func `the program answers to its names`(_ name: String) throws {
        let bench = try Workbench()
        let link = "\(bench.root)/\(name)"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bench.velero.path)
        let outcome = try ExternalProgram(path: link).attempt([])
        #expect(outcome.status == 1)
        #expect(outcome.standardError == "ERROR: exactly one argument must be provided, the restore's UID\n")
    }
}
