// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import VolumeIO

/// The stored tree of one directory.
struct ArchivedTree: Sendable {
    var id: BlobID
    var nodeCount: Int
    var digest: Digest256?
    var added = AddedBytes()
}

extension ArchiveRun {
    /// Most non-directories handled by one task at a time.
    private static let batchCount = 64
    /// Bytes of finished parts that may wait for a slow one before no further parts are started.
    private static let waitingLimit = 4 << 20

    /// Archives a directory with everything in it.
    ///
    /// - Throws: ``FileSystemError`` with `.nameTooLong` for one so deep that no path names it: restic can neither store nor restore
    ///   those, and whoever owns a volume could exhaust memory and descriptors with them.
    func archiveDirectory(_ request: EntryRequest, in context: EntryContext) async throws -> ArchivedEntry? {
        guard context.snapshotPath(of: request).count <= SourcePath.maximumByteCount else {
            throw FileSystemError(.nameTooLong, .open, path: request.name.bytes)
        }
        let directory = try context.directory.directory.openDirectory(request.name)
        let metadata = try directory.metadata()
        let (attributes, failure) = directory.extendedAttributes()
        let path = context.sourcePath(of: request.name)
        if let failure { reportAttributes(failure, path) }
        let own = EntryContext(
            directory: SharedDirectory(directory),
            sourcePath: path,
            snapshotPath: SourcePath.joined(context.snapshotPath, request.nodeName),
            device: metadata.device
        )
        var node = makeNode(name: request.nodeName, kind: .directory, metadata: metadata, attributes: attributes)
        // A mount point that is not crossed is kept as an empty directory.
        let tree =
            isForeign(metadata)
            ? try saveTree(TreeEncoder().finish(), nodeCount: 0, digest: DirectoryAssembly.emptyDigest)
            : try await archiveContents(of: own, parent: request.parent?.subtree)
        node.subtree = tree.id
        finish(node, parent: request.parent, path: own.snapshotPath, added: tree.added)
        return ArchivedEntry(node: node, digest: tree.digest)
    }

    /// Archives the entries of an open directory.
    ///
    /// - Parameter parent: The directory's tree in the parent snapshot.
    func archiveContents(of context: EntryContext, parent: BlobID?) async throws -> ArchivedTree {
        let listing = try context.directory.directory.entries()
        let allowed = try allowedEntries(of: listing, in: context)
        var cursor = await parentCursor(parent, path: context.sourcePath)
        let assembly = makeAssembly()
        let batchCount = max(1, min(Self.batchCount, listing.count / (2 * max(1, options.readConcurrency))))
        try await withThrowingTaskGroup(of: Void.self) { group in
            var index = allowed.lowerBound
            var slot = 0
            var forkedCount = 0
            while index < allowed.upperBound {
                try Task.checkCancellation()
                let isDirectory = listing.kind(at: index) == .directory
                var end = index + 1
                if !isDirectory {
                    let limit = min(index + batchCount, allowed.upperBound)
                    while end < limit, listing.kind(at: end) != .directory { end += 1 }
                }
                let range = index..<end
                let parents = try nextParents(range, of: listing, &cursor, path: context.sourcePath)
                let part = slot
                if tokens.tryTake() {
                    // Consuming results as they come keeps the group small; there are never more unfinished tasks than tokens.
                    if forkedCount > 2 * options.readConcurrency + 2 * options.workerCount {
                        _ = try await group.next()
                        forkedCount -= 1
                    }
                    group.addTask {
                        defer { self.tokens.giveBack() }
                        let entries = try await self.archiveBatch(range, of: listing, in: context, parents: parents)
                        try assembly.complete(part, entries)
                    }
                    forkedCount += 1
                } else {
                    let entries = try await archiveBatch(range, of: listing, in: context, parents: parents)
                    try assembly.complete(part, entries)
                }
                while forkedCount > 0, assembly.waitingByteCount > Self.waitingLimit {
                    _ = try await group.next()
                    forkedCount -= 1
                }
                slot += 1
                index = end
            }
            try await group.waitForAll()
        }
        return try saveTree(assembledBy: assembly)
    }

    /// Puts a directory's parts together; its tree goes to the store as it comes when it is large.
    func makeAssembly() -> DirectoryAssembly {
        let sink = sink
        return DirectoryAssembly(computesDigest: options.computesDigest) { sink.makeTreeStream() }
    }

    /// Stores the tree of a directory all parts of which are in; an error of the store ends the run.
    func saveTree(assembledBy assembly: DirectoryAssembly) throws -> ArchivedTree {
        let (tree, nodeCount, digest): (DirectoryAssembly.Tree, Int, Digest256?)
        do {
            (tree, nodeCount, digest) = try assembly.finish()
        } catch {
            latch.keep(error)
            throw RunFailure()
        }
        switch tree {
        case .text(let text):
            return try saveTree(text, nodeCount: nodeCount, digest: digest)
        case .stored(let blob, let byteCount):
            progress.count(blob, isTree: true, byteCount: byteCount)
            var stored = ArchivedTree(id: blob.id, nodeCount: nodeCount, digest: digest)
            stored.added.add(blob, byteCount: byteCount)
            return stored
        }
    }

    /// Stores the text of a tree.
    func saveTree(_ text: [UInt8], nodeCount: Int, digest: Digest256?) throws -> ArchivedTree {
        let blob = try save(.tree, text.span)
        var tree = ArchivedTree(id: blob.id, nodeCount: nodeCount, digest: digest)
        tree.added.add(blob, byteCount: text.count)
        return tree
    }

    /// All entries, or only the mark when one of the exclusion marks is present.
    private func allowedEntries(of listing: DirectoryListing, in context: EntryContext) throws -> Range<Int> {
        for mark in options.exclusionMarks {
            guard let index = listing.index(of: mark.name) else { continue }
            guard try isMarked(by: mark, in: context) else { continue }
            return index..<(index + 1)
        }
        return 0..<listing.count
    }

    private func isMarked(by mark: ExclusionMark, in context: EntryContext) throws -> Bool {
        guard !mark.header.isEmpty else { return true }
        do throws(FileSystemError) {
            let file = try context.directory.directory.openFile(mark.name)
            guard try file.metadata().kind == .regular else { return false }
            var bytes: [UInt8] = []
            _ = try file.read(into: &bytes, byteCount: mark.header.count, at: 0)
            return bytes == mark.header
        } catch {
            // An unreadable mark excludes nothing, and is reported when it is archived itself.
            if error.code != .notFound { report(error, context.sourcePath(of: mark.name)) }
            return false
        }
    }

    /// Opens the parent's tree of a directory; without it everything in the directory counts as new.
    func parentCursor(_ tree: BlobID?, path: [UInt8]) async -> ParentCursor? {
        guard let tree, let parent else { return nil }
        do {
            return try ParentCursor(try await parent.openTree(tree))
        } catch {
            let text = String(decoding: path, as: UTF8.self)
            report(
                .error,
                path,
                "the parent snapshot's tree of \(text) cannot be read: \(error)",
                cause: error,
                isOfParent: true
            )
            return nil
        }
    }

    private func nextParents(
        _ range: Range<Int>,
        of listing: DirectoryListing,
        _ cursor: inout ParentCursor?,
        path: [UInt8]
    ) throws -> [Node?] {
        guard cursor != nil else { return [] }
        var parents: [Node?] = []
        parents.reserveCapacity(range.count)
        for index in range { parents.append(nextParent(listing.name(at: index).bytes, &cursor, path: path)) }
        return parents
    }

    /// The parent's node called `name`; a damaged tree is reported once and then counts as absent.
    func nextParent(_ name: [UInt8], _ cursor: inout ParentCursor?, path: [UInt8]) -> Node? {
        do {
            return try cursor?.node(called: name)
        } catch {
            let text = String(decoding: path, as: UTF8.self)
            report(
                .error,
                path,
                "the parent snapshot's tree of \(text) is damaged: \(error)",
                cause: error,
                isOfParent: true
            )
            cursor = nil
            return nil
        }
    }
}
