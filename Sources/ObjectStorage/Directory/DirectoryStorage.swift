// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives

/// An object store in a directory, file for file as restic's local backend lays it out.
///
/// An object appears by rename after its bytes are durable, read-only, in directories made on demand. Symbolic links below the
/// root are never followed. Files named `<final>-tmp-<digits>` are being written, or were when a process died, and are ignored.
/// Syscalls run on threads this store owns.
package final class DirectoryStorage: ObjectStorage {
    /// Directories a fresh restic repository has: `keys`, `locks`, `snapshots`, `index` and `data/00` to `data/ff`.
    package static let resticDirectories: [String] =
        ["keys", "locks", "snapshots", "index"]
        + (0..<256).map { "data/" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }

    private let tree: DirectoryTree
    private let executor: BlockingExecutor
    private let initialDirectories: [String]
    private let pageCount: Int
    private let buffers: RecycledBuffers

    /// - Parameters:
    ///   - root: The directory; need not exist before ``createContainer()``.
    ///   - initialDirectories: What ``createContainer()`` makes below the root.
    ///   - threadCount: Syscalls in flight at once.
    ///   - pageCount: Objects per page of a listing.
    package init(
        root: String,
        initialDirectories: [String] = DirectoryStorage.resticDirectories,
        threadCount: Int = 4,
        pageCount: Int = 1000
    ) {
        tree = DirectoryTree(root: root)
        executor = BlockingExecutor(name: "directory-io", threadCount: threadCount)
        self.initialDirectories = initialDirectories
        self.pageCount = pageCount
        buffers = RecycledBuffers(limit: threadCount, largestByteCount: 33 << 20)
    }

    package var location: String { tree.root }

    package var recommendedConcurrency: Int { 2 }

    package var listingLag: Duration { tree.isOnLocalDisk ? .zero : .milliseconds(200) }

    package func put(_ key: String, _ body: ObjectBody) async throws {
        let components = try ObjectKey.components(of: key)
        try await perform("write", key) { tree in
            let writer = try ObjectWriter(components, in: tree)
            do {
                try writer.append(body.pieces)
                try writer.commit()
            } catch {
                writer.abandon()
                throw error
            }
        }
    }

    package func putStream(_ key: String, from source: @Sendable () async throws -> [UInt8]?) async throws {
        let components = try ObjectKey.components(of: key)
        let writer = try await perform("write", key) { try ObjectWriter(components, in: $0) }
        do {
            while let piece = try await source() {
                try await perform("write", key) { _ in try writer.append([piece]) }
            }
            try await perform("write", key) { _ in try writer.commit() }
        } catch {
            await executor.run { writer.abandon() }
            throw error
        }
    }

    package func get(_ key: String, range: Range<Int>?) async throws -> [UInt8] {
        let components = try ObjectKey.components(of: key)
        let buffers = buffers
        return try await perform("read", key) { tree in
            let (file, byteCount) = try tree.openObject(components, key: key)
            let range = range ?? 0..<byteCount
            guard range.lowerBound >= 0, range.upperBound <= byteCount else {
                throw StorageError.rangeNotSatisfiable(key, range: range, byteCount: byteCount)
            }
            var bytes = buffers.take(range.count)
            try file.read(into: &bytes, at: range.lowerBound, byteCount: range.count)
            guard bytes.count == range.count else { throw Self.shrunk(key) }
            return bytes
        }
    }

    package func recycle(_ bytes: consuming [UInt8]) { buffers.giveBack(bytes) }

    package func getStream(_ key: String, from offset: Int, _ consume: ([UInt8]) async throws -> Void) async throws {
        let components = try ObjectKey.components(of: key)
        let (file, byteCount) = try await perform("read", key) { try $0.openObject(components, key: key) }
        guard offset >= 0, offset <= byteCount else {
            throw StorageError.rangeNotSatisfiable(key, range: offset..<max(offset, byteCount), byteCount: byteCount)
        }
        var position = offset
        while position < byteCount {
            let start = position
            let wanted = min(Self.pieceByteCount, byteCount - start)
            let piece = try await perform("read", key) { _ in
                var piece: [UInt8] = []
                try file.read(into: &piece, at: start, byteCount: wanted)
                return piece
            }
            guard piece.count == wanted else { throw Self.shrunk(key) }
            position += piece.count
            try await consume(piece)
        }
    }

    package func stat(_ key: String) async throws -> ObjectInfo {
        let components = try ObjectKey.components(of: key)
        let (_, byteCount) = try await perform("read", key) { try $0.openObject(components, key: key) }
        return ObjectInfo(key: key, byteCount: byteCount)
    }

    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        let pageCount = pageCount
        let listing = try await perform("list", nil) { try DirectoryListing(prefix: prefix, in: $0) }
        while true {
            let page = try await perform("list", nil) { _ in try listing.nextPage(pageCount) }
            if page.isEmpty { return }
            try await consume(page)
        }
    }

    package func delete(_ key: String) async throws {
        let components = try ObjectKey.components(of: key)
        try await perform("delete", key) { try $0.delete(components) }
    }

    package func removeLeftovers(below prefix: String, olderThan age: Duration) async throws -> Int {
        let directory = try prefix.isEmpty ? [] : ObjectKey.components(of: String(prefix.dropLast()))
        return try await perform("delete", nil) { try $0.removeLeftovers(below: directory, olderThan: age) }
    }

    package func createContainer() async throws {
        let directories = initialDirectories
        try await perform("create", nil) { try $0.create(directories) }
    }

    private static let pieceByteCount = 1 << 20

    private static func shrunk(_ key: String) -> StorageError {
        StorageError(.corrupt, "\(key) became shorter while it was read; something else writes to this directory")
    }

    /// Runs `body` on a thread of this store and says what its failure means.
    private func perform<Result: Sendable>(
        _ action: String,
        _ key: String?,
        _ body: @Sendable (DirectoryTree) throws -> Result
    ) async throws -> Result {
        let tree = tree
        do {
            return try await executor.run {
                try Task.checkCancellation()
                return try body(tree)
            }
        } catch let failure as SystemCallError {
            throw StorageError(failure, action: action, key: key, location: location)
        }
    }
}
