// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import VolumeIO

/// Where in the snapshot, and from which working directory, targets are archived.
struct TargetPlace {
    var snapshotPath: [UInt8]
    /// Absolute; relative targets start here.
    var workingDirectory: [UInt8]

    func absolute(_ path: [UInt8]) -> [UInt8] {
        SourcePath.absolute(path, workingDirectory: workingDirectory)
    }

    func below(_ name: [UInt8]) -> TargetPlace {
        TargetPlace(snapshotPath: SourcePath.joined(snapshotPath, name), workingDirectory: workingDirectory)
    }

    /// Opens the directory that holds a target.
    func context(ofDirectory path: [UInt8]) throws(FileSystemError) -> EntryContext {
        let directory = try OpenDirectory.open(path: path)
        let device = try directory.metadata().device
        return EntryContext(
            directory: SharedDirectory(directory),
            sourcePath: path,
            snapshotPath: snapshotPath,
            device: device
        )
    }
}

extension ArchiveRun {
    /// Archives everything beneath the top of a snapshot and stores its root tree.
    func archiveRoot(_ targets: TargetTree, workingDirectory: [UInt8]) async throws -> ArchivedTree {
        let place = TargetPlace(snapshotPath: [UInt8(ascii: "/")], workingDirectory: workingDirectory)
        return try await archive(targets.entries, at: place, parent: parent?.root)
    }

    /// Archives entries of a target tree and stores the directory they form.
    private func archive(
        _ entries: [TargetTree.Entry],
        at place: TargetPlace,
        parent: BlobID?
    ) async throws -> ArchivedTree {
        let assembly = makeAssembly()
        var cursor = await parentCursor(parent, path: place.snapshotPath)
        for (slot, entry) in entries.enumerated() {
            try Task.checkCancellation()
            let parentNode = nextParent(entry.name, &cursor, path: place.snapshotPath)
            var encoded = EncodedEntries()
            if let archived = try await archive(entry, at: place, parent: parentNode) {
                try append(archived, to: &encoded)
            }
            try assembly.complete(slot, encoded)
        }
        return try saveTree(assembledBy: assembly)
    }

    private func archive(
        _ entry: TargetTree.Entry,
        at place: TargetPlace,
        parent: Node?
    ) async throws -> ArchivedEntry? {
        do {
            if let directory = entry.directory {
                return try await archiveAncestor(entry, place.absolute(directory), at: place, parent: parent)
            }
            guard let source = entry.source, let (path, name) = SourcePath.parent(of: place.absolute(source)) else {
                return nil
            }
            let context = try place.context(ofDirectory: path)
            var request = EntryRequest(name: try FileName(name), nodeName: entry.name, hint: nil, parent: parent)
            request.isTarget = !entry.isImplied
            return try await archiveEntry(request, in: context)
        } catch let error as FileSystemError {
            report(error, place.absolute(entry.source ?? entry.directory ?? entry.name))
            return nil
        }
    }

    /// Archives a directory above targets: with its own metadata and those entries that lead to targets.
    ///
    /// A directory that is a target itself has all its entries.
    private func archiveAncestor(
        _ entry: TargetTree.Entry,
        _ path: [UInt8],
        at place: TargetPlace,
        parent: Node?
    ) async throws -> ArchivedEntry? {
        let directory = try OpenDirectory.open(path: path)
        let metadata = try directory.metadata()
        let (attributes, failure) = directory.extendedAttributes()
        if let failure { reportAttributes(failure, path) }
        var node = makeNode(name: entry.name, kind: .directory, metadata: metadata, attributes: attributes)
        var children = entry.children
        if let source = entry.source { children = try unrolled(children, source, listing: directory.entries()) }
        let inner = place.below(entry.name)
        let tree = try await archive(children, at: inner, parent: parent?.subtree)
        node.subtree = tree.id
        finish(node, parent: parent, path: inner.snapshotPath, added: tree.added)
        return ArchivedEntry(node: node, digest: tree.digest)
    }

    /// The targets within a target, among all its other entries.
    private func unrolled(
        _ children: [TargetTree.Entry],
        _ source: [UInt8],
        listing: DirectoryListing
    ) -> [TargetTree.Entry] {
        var byName: [[UInt8]: TargetTree.Entry] = [:]
        for child in children { byName[child.name] = child }
        var result: [TargetTree.Entry] = []
        for index in 0..<listing.count {
            let name = listing.name(at: index).bytes
            var entry = byName.removeValue(forKey: name) ?? TargetTree.Entry(implied: name)
            if entry.source == nil { entry.source = SourcePath.joined(source, name) }
            result.append(entry)
        }
        result.append(contentsOf: byName.values)
        return result.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }
}
