// SPDX-License-Identifier: Apache-2.0

import VolumeIO

/// Reads and removes the marks that restores leave in volumes, beneath one directory, following no symbolic link.
struct RestoreMarks: Sendable {
    private static let markDirectory = Array(".velero".utf8)

    let directory: String

    /// Looks at every volume once; blocks.
    ///
    /// - Throws: ``FileSystemError`` if the directory of volumes cannot be read.
    @inline(never)
    func look(for restoreUID: String) throws -> [(name: String, sighting: RestoreWait.Sighting)] {
        let root = try OpenDirectory.open(path: directory)
        let listing = try root.entries()
        let mark = try FileName(Array(restoreUID.utf8))
        var entries: [(name: String, sighting: RestoreWait.Sighting)] = []
        for index in 0..<listing.count {
            let name = listing.name(at: index)
            entries.append((PrintableText.name(name.bytes), sighting(of: mark, in: name, of: root)))
        }
        return entries
    }

    private func sighting(of mark: FileName, in name: FileName, of root: borrowing OpenDirectory)
        -> RestoreWait.Sighting
    {
        do {
            guard try root.metadata(of: name).kind == .directory else { return .notDirectory }
            let marks = try root.openDirectory(name).openDirectory(try FileName(Self.markDirectory))
            return try marks.metadata(of: mark).kind == .regular ? .restored : .unreadable("it is no file")
        } catch {
            return error.code == .notFound ? .notRestored : .unreadable("\(error)")
        }
    }

    /// Removes the marks of every volume; blocks.
    ///
    /// - Returns: What to say about it. A mark that stays does no harm: it is removed before the next restore.
    @inline(never)
    func remove() -> [String] {
        do {
            let root = try OpenDirectory.open(path: directory)
            let listing = try root.entries()
            var lines: [String] = []
            for index in 0..<listing.count {
                let name = listing.name(at: index)
                guard (try? root.metadata(of: name).kind) == .directory else { continue }
                if let line = removeMarks(in: name, of: root) { lines.append(line) }
            }
            return lines
        } catch {
            return ["Not removed: the marks in \(directory) (\(error))"]
        }
    }

    private func removeMarks(in name: FileName, of root: borrowing OpenDirectory) -> String? {
        let path = "\(directory)/\(PrintableText.name(name.bytes))/.velero"
        do {
            let mark = try FileName(Self.markDirectory)
            let volume = SharedDirectory(try root.openDirectory(name))
            try volume.directory.keepingTimes { try volume.directory.removeRecursively(mark) }
            return nil
        } catch {
            return "Not removed: \(path) (\(error))"
        }
    }
}
