// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The caches of all repositories, each in a directory named by the id of its repository.
struct CacheDirectories: Sendable {
    /// Days without use after which a cache counts as old unless told otherwise.
    static let usualAge = 30

    struct Entry: Sendable {
        /// The 64 hexadecimal digits of the repository.
        var name: String
        /// Whole days since a command last used it.
        var idleDays: Int

        func isOld(atAge days: Int) -> Bool { idleDays >= days }
    }

    let path: String

    /// All caches, the one not used for longest first.
    func list() -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let now = Date()
        return names.filter(Self.isRepositoryID).compactMap { name -> (Entry, Date)? in
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name),
                attributes[.type] as? FileAttributeType == .typeDirectory,
                let used = attributes[.modificationDate] as? Date
            else { return nil }
            return (Entry(name: name, idleDays: max(0, Int(now.timeIntervalSince(used) / 86_400))), used)
        }
        .sorted { $0.1 < $1.1 }
        .map(\.0)
    }

    /// Bytes of the files of a cache.
    func byteCount(of entry: Entry) -> Int {
        let root = path + "/" + entry.name
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        return files.reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: root + "/" + file)
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { return sum }
            return sum + ((attributes?[.size] as? any BinaryInteger).map { Int(clamping: $0) } ?? 0)
        }
    }

    /// - Throws: ``CommandFailure`` naming the directory that could not be removed.
    func remove(_ entry: Entry) throws(CommandFailure) {
        do {
            try FileManager.default.removeItem(atPath: path + "/" + entry.name)
        } catch {
            throw CommandFailure("the cache \(path)/\(entry.name) cannot be removed: \(error)")
        }
    }

    /// Notes that a command uses a cache now; one that does not exist, or is another user's, is left as it is.
    func noteUse(of name: String) {
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path + "/" + name)
    }

    private static func isRepositoryID(_ name: String) -> Bool {
        name.utf8.count == 64 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
