// SPDX-License-Identifier: Apache-2.0

import Foundation

/// When a program is killed, told by what it has done to a repository so far.
enum KillPoint: CustomStringConvertible {
    /// As soon as it holds its lock.
    case locked
    /// As soon as this many files of a folder have come or gone.
    case changed(folder: String, count: Int)
    /// This far into what it does while it holds its lock, compared with a run that was left alone.
    case moment(Double)

    var description: String {
        switch self {
        case .locked: "with its lock taken"
        case .changed(let folder, let count): "at change \(count) of \(folder)"
        case .moment(let share): "after \(share) of its time"
        }
    }

    /// Blocks until the point is reached or the program has ended.
    ///
    /// - Parameter duration: How long a run that is left alone holds its lock.
    func wait(in repository: String, for program: RunningProgram, duration: Duration) throws {
        let watch = FolderWatch(repository: repository)
        switch self {
        case .locked: while program.isRunning, try watch.locks().isEmpty { sched_yield() }
        case .changed(let folder, let count):
            let before = try watch.files(in: folder)
            while program.isRunning, try watch.files(in: folder).symmetricDifference(before).count < count {
                sched_yield()
            }
        case .moment(let share):
            while program.isRunning, try watch.locks().isEmpty { sched_yield() }
            let end = ContinuousClock.now + duration * share
            while program.isRunning, ContinuousClock.now < end { sched_yield() }
        }
    }
}

/// The files of a repository's folders.
struct FolderWatch {
    var repository: String

    /// Ids of the locks; what a killed process was only about to write is none.
    func locks() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: repository + "/locks").filter { $0.utf8.count == 64 }
    }

    /// Names in a folder, files that are being written included; of `data`, those in its folders.
    func files(in folder: String) throws -> Set<String> {
        let path = repository + "/" + folder
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        guard folder == "data" else { return Set(names) }
        return try names.reduce(into: []) { files, name in
            files.formUnion(try FileManager.default.contentsOfDirectory(atPath: path + "/" + name))
        }
    }
}
