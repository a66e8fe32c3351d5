// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import VolumeIO

/// One entry to archive.
struct EntryRequest {
    let name: FileName
    /// Name of the node; differs from ``name`` only for targets renamed to avoid a collision.
    let nodeName: [UInt8]
    /// The kind the directory told; nil if unknown or not to be trusted.
    var hint: FileKind?
    let parent: Node?
    /// Named by the user, and so never excluded.
    var isTarget = false
}

/// What a look at one entry led to.
enum EntryOutcome: ~Copyable {
    case node(Node)
    /// Excluded, vanished, or of a kind that is not stored.
    case omitted
    case directory
    /// A file whose content is read in segments.
    case large(OpenFile, FileMetadata)
}

extension ArchiveRun {
    /// Bytes after which a batch of small files waits for the store to catch up.
    private static let bytesBetweenWaits = 4 << 20

    /// Archives consecutive entries that are probably no directories.
    ///
    /// - Parameter parents: The parent snapshot's nodes for these entries, or empty if there is no parent.
    func archiveBatch(
        _ range: Range<Int>,
        of listing: DirectoryListing,
        in context: EntryContext,
        parents: [Node?]
    ) async throws -> EncodedEntries {
        var entries = EncodedEntries()
        var unawaitedByteCount = 0
        for index in range {
            try Task.checkCancellation()
            let name = listing.name(at: index)
            let request = EntryRequest(
                name: name,
                nodeName: name.bytes,
                hint: listing.kind(at: index),
                parent: parents.isEmpty ? nil : parents[index - range.lowerBound]
            )
            if let entry = try await archiveEntry(request, in: context) {
                unawaitedByteCount += entry.node.size < ChunkingRules.minimumByteCount ? Int(entry.node.size) : 0
                try append(entry, to: &entries)
            }
            if unawaitedByteCount > Self.bytesBetweenWaits {
                unawaitedByteCount = 0
                try await waitForCapacity()
            }
        }
        try await waitForCapacity()
        return entries
    }

    /// Adds a finished entry to a part of its directory.
    func append(_ entry: ArchivedEntry, to entries: inout EncodedEntries) throws {
        try entries.fragment.append(entry.node)
        guard options.computesDigest else { return }
        VolumeDigest.appendRecord(of: entry.node, subdirectory: entry.digest, to: &entries.digestRecords)
    }

    /// Archives one entry whatever it is; nil when it is left out, which has been reported where that is due.
    func archiveEntry(
        _ request: EntryRequest,
        in context: EntryContext
    ) async throws -> ArchivedEntry? {
        do {
            if request.hint == .directory {
                return isExcluded(request, in: context) ? nil : try await archiveDirectory(request, in: context)
            }
            switch try examine(request, in: context) {
            case .node(let node): return ArchivedEntry(node: node, digest: nil)
            case .omitted: return nil
            case .directory: return try await archiveDirectory(request, in: context)
            case .large(let file, let metadata):
                return try await archiveLargeFile(SharedFile(file), metadata, request, in: context)
            }
        } catch let error as FileSystemError
            where request.hint == .directory && (error.code == .notDirectory || error.code == .symbolicLink)
        {
            // Something else took the directory's place since it was listed.
            var request = request
            request.hint = nil
            return try await archiveEntry(request, in: context)
        } catch let error as FileSystemError where error.code == .crossesBoundary {
            return try archiveMountPoint(request, in: context, error)
        } catch let error as FileSystemError {
            // What vanished between the listing and the look was removed by its owner and is no failure.
            if error.code != .notFound || request.isTarget { report(error, context.sourcePath(of: request.name)) }
            return nil
        }
    }

    /// Keeps the place of something that is mounted in a volume whose mounts are out of reach: a directory stays as an empty one.
    private func archiveMountPoint(
        _ request: EntryRequest,
        in context: EntryContext,
        _ cause: FileSystemError
    ) throws -> ArchivedEntry? {
        let path = context.sourcePath(of: request.name)
        let text = String(decoding: path, as: UTF8.self)
        report(.warning, path, "\(text) is a mount inside of the volume, which is left out", cause: cause)
        let metadata: FileMetadata
        do {
            metadata = try context.directory.directory.metadata(of: request.name)
        } catch {
            report(error, path)
            return nil
        }
        guard metadata.kind == .directory else { return nil }
        let tree = try saveTree(TreeEncoder().finish(), nodeCount: 0, digest: DirectoryAssembly.emptyDigest)
        var node = makeNode(name: request.nodeName, kind: .directory, metadata: metadata, attributes: [])
        node.subtree = tree.id
        finish(node, parent: request.parent, path: context.snapshotPath(of: request), added: tree.added)
        return ArchivedEntry(node: node, digest: tree.digest)
    }

    /// Looks at an entry and finishes it at once unless it is a directory or a large file.
    private func examine(
        _ request: EntryRequest,
        in context: EntryContext
    ) throws -> EntryOutcome {
        if isExcluded(request, in: context) { return .omitted }
        // A file without a parent node has to be opened anyway: its metadata then comes from the descriptor.
        if request.hint == .regular, request.parent == nil {
            return try readFile(request, in: context)
        }
        let metadata = try context.directory.directory.metadata(of: request.name)
        if metadata.kind != .directory, isForeign(metadata) { return .omitted }
        switch metadata.kind {
        case .directory: return .directory
        case .socket: return .omitted
        case .regular:
            if isTooLarge(metadata) { return .omitted }
            if let node = reusedNode(request, metadata, in: context) { return .node(node) }
            return try readFile(request, in: context)
        case .symbolicLink: return .node(try makeLinkNode(request, metadata, in: context))
        case .blockDevice: return .node(makeSpecialNode(request, .blockDevice, metadata, in: context))
        case .characterDevice: return .node(makeSpecialNode(request, .characterDevice, metadata, in: context))
        case .pipe: return .node(makeSpecialNode(request, .fifo, metadata, in: context))
        case nil:
            report(.error, context.sourcePath(of: request.name), "the file system reports an unknown kind of file")
            return .omitted
        }
    }

    private func isExcluded(_ request: EntryRequest, in context: EntryContext) -> Bool {
        guard let excludes = options.excludes, !request.isTarget else { return false }
        return excludes(context.sourcePath(of: request.name))
    }

    /// Whether an entry lies on a file system that is to be left out.
    func isForeign(_ metadata: FileMetadata) -> Bool {
        options.staysOnFileSystem && !devices.contains(metadata.device)
    }

    func isTooLarge(_ metadata: FileMetadata) -> Bool {
        guard let maximum = options.maximumFileByteCount else { return false }
        return metadata.byteCount > maximum
    }

    private func makeLinkNode(
        _ request: EntryRequest,
        _ metadata: FileMetadata,
        in context: EntryContext
    ) throws -> Node {
        var node = makeSpecialNode(request, .symlink, metadata, in: context)
        node.linkTarget = try context.directory.directory.readLink(request.name)
        return node
    }

    private func makeSpecialNode(
        _ request: EntryRequest,
        _ kind: NodeKind,
        _ metadata: FileMetadata,
        in context: EntryContext
    ) -> Node {
        makeNode(
            name: request.nodeName,
            kind: kind,
            metadata: metadata,
            attributes: attributes(of: request, in: context)
        )
    }

    private func attributes(of request: EntryRequest, in context: EntryContext) -> [VolumeIO.ExtendedAttribute] {
        let (attributes, failure) = context.directory.directory.extendedAttributes(of: request.name)
        if let failure { reportAttributes(failure, context.sourcePath(of: request.name)) }
        return attributes
    }

    /// Attributes that cannot be read are missing from the node, which is kept.
    func reportAttributes(_ failure: FileSystemError, _ path: [UInt8]) {
        report(.warning, path, failure.at(path).message, cause: failure)
    }

    /// The node of a file whose content is that of the parent snapshot; nil when it has to be read.
    private func reusedNode(
        _ request: EntryRequest,
        _ metadata: FileMetadata,
        in context: EntryContext
    ) -> Node? {
        guard let parent = request.parent, isUnchanged(metadata, since: parent), let content = parent.content else {
            return nil
        }
        guard content.allSatisfy({ sink.contains(.data, $0) }) else {
            let path = context.sourcePath(of: request.name)
            let text = String(decoding: path, as: UTF8.self)
            report(
                .error,
                path,
                "the repository misses parts of the unchanged \(text); it is stored again, run check to find what else is missing",
                isOfParent: true
            )
            return nil
        }
        var node = makeNode(
            name: request.nodeName,
            kind: .file,
            metadata: metadata,
            attributes: attributes(of: request, in: context)
        )
        node.content = content
        progress.add(metadata.byteCount, to: progress.bytesDone)
        finish(node, parent: parent, path: context.snapshotPath(of: request), added: AddedBytes())
        return node
    }
}

/// A finished entry.
struct ArchivedEntry: Sendable {
    var node: Node
    /// The volume digest of a directory's content.
    var digest: Digest256?
}
