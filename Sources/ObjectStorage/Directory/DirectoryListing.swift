// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// Walks the files below a prefix, depth first, holding one open directory per level and one page of results.
final class DirectoryListing: Sendable {
    private struct Level {
        var reader: DirectoryReader
        /// Keys of this directory start so: empty or ending in `/`.
        var keyPrefix: String
        /// Names must start so; only the topmost level filters.
        var namePrefix: String
    }

    /// Deeper trees are not object stores; bounds the number of open files.
    private static let maximumDepth = 64

    private let levels: Mutex<[Level]>
    private let root: String

    /// Opens the directory that `prefix` leads to; one that does not exist makes an empty listing.
    init(prefix: String, in tree: DirectoryTree) throws {
        root = tree.root
        levels = Mutex(try Self.start(prefix: prefix, in: tree))
    }

    private static func start(prefix: String, in tree: DirectoryTree) throws -> [Level] {
        let parts = prefix.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let directories = parts.dropLast().joined(separator: "/")
        if !directories.isEmpty { try ObjectKey.validate(directories) }
        let root = try tree.openRoot()
        do {
            let reader = try DirectoryReader(try tree.descend(from: root, parts.dropLast()))
            let keyPrefix = directories.isEmpty ? "" : directories + "/"
            return [Level(reader: reader, keyPrefix: keyPrefix, namePrefix: parts.last ?? "")]
        } catch let error as SystemCallError where error.errno == ENOENT || error.errno == ENOTDIR {
            return []
        }
    }

    /// The next objects, `count` at most; empty at the end.
    func nextPage(_ count: Int) throws -> [ObjectInfo] {
        var page: [ObjectInfo] = []
        try levels.withLock { levels in
            while page.count < count, let level = levels.last {
                guard let entry = try level.reader.next() else {
                    levels.removeLast()
                    try Task.checkCancellation()
                    continue
                }
                switch entry {
                case .directory(let name): try descend(into: name, of: level, &levels)
                case .unknown(let name): try visit(name, of: level, &levels, &page)
                }
            }
        }
        return page
    }

    private func visit(_ name: String, of level: Level, _ levels: inout [Level], _ page: inout [ObjectInfo]) throws {
        guard name.utf8.starts(with: level.namePrefix.utf8), !TemporaryName.matches(name) else { return }
        let status: Descriptor.Status
        do {
            status = try level.reader.directory.status(of: name)
        } catch {
            guard error.errno == ENOENT else { throw error }
            return  // Deleted since it was read.
        }
        switch status.kind {
        case .file: page.append(ObjectInfo(key: level.keyPrefix + name, byteCount: status.byteCount))
        case .directory: try descend(into: name, of: level, &levels)
        // Skipping one would make objects vanish in silence.
        case .link:
            let path = "\(root)/\(level.keyPrefix)\(name)"
            throw StorageError(
                .invalid,
                "\(path) is a symbolic link, which a store does not follow; use a bind mount instead"
            )
        case .other: break
        }
    }

    private func descend(into name: String, of level: Level, _ levels: inout [Level]) throws {
        guard name.utf8.starts(with: level.namePrefix.utf8) else { return }
        guard levels.count < Self.maximumDepth else {
            throw StorageError(.invalid, "\(root)/\(level.keyPrefix)\(name) is nested too deeply for a store")
        }
        let directory: Descriptor
        do {
            directory = try level.reader.directory.openDirectory(name)
        } catch {
            guard error.errno == ENOENT else { throw error }
            return
        }
        let reader = try DirectoryReader(directory)
        levels.append(Level(reader: reader, keyPrefix: level.keyPrefix + name + "/", namePrefix: ""))
    }
}
