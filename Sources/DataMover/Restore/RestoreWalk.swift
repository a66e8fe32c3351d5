// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ResticFormat
import Synchronization
import VolumeIO

/// Walks the snapshot's trees in order: makes directories, links, devices and pipes at once, and plans files into batches.
///
/// Runs on the I/O executor, since it blocks on the target's file system.
struct RestoreWalk: ~Copyable {
    let run: RestoreRun
    let batches: BoundedChannel<RestoreBatch>
    private var batch = RestoreBatch()
    /// First names of files with several, by their identity on the source host.
    private var firstNames: [Node.HardLinkKey: (directory: RestoreDirectory, name: FileName)] = [:]

    init(run: RestoreRun, batches: BoundedChannel<RestoreBatch>) {
        self.run = run
        self.batches = batches
    }

    /// Walks everything beneath `tree` into the target's root.
    ///
    /// - Throws: What ends the whole restore: cancellation, or a root tree that cannot be read.
    mutating func walk(_ tree: BlobID, root: RestoreDirectory, rootNode: Node?) async throws {
        let text = try await run.source.tree(tree)
        let keptNames = try await visitEntries(of: text, in: root)
        try await append(FinishedDirectory(directory: root, node: rootNode, keptNames: keptNames))
        if !batch.isEmpty { try await batches.send(batch) }
        run.progress.isScanComplete.store(true, ordering: .releasing)
        batches.finish()
    }

    /// Plans the entries of one tree.
    ///
    /// - Returns: The names to keep when extra entries are deleted, or nil.
    private mutating func visitEntries(
        of text: [UInt8],
        in directory: RestoreDirectory
    ) async throws -> [FileName]? {
        var keptNames: [FileName]? = run.options.deletesExtraEntries ? [] : nil
        do {
            for node in try Self.nodes(of: text) {
                try Task.checkCancellation()
                guard let name = checkedName(node, in: directory) else {
                    // What the snapshot calls so cannot be told from what is extra here.
                    keptNames = nil
                    continue
                }
                keptNames?.append(name)
                try await visit(node, name, in: directory)
            }
        } catch let error as FormatError {
            run.fail(directory.path, "cannot read this directory's tree: \(error.message); run check", error)
            return nil
        }
        return keptNames
    }

    @inline(never)
    private func checkedName(_ node: Node, in directory: RestoreDirectory) -> FileName? {
        do {
            try NodeName.checkForRestore(node.name.span)
            return try FileName(node.name)
        } catch {
            run.fail(directory.path, "refused an entry that would leave the target: \(error)", error)
            return nil
        }
    }

    private mutating func visit(_ node: Node, _ name: FileName, in directory: RestoreDirectory) async throws {
        let path = directory.path(of: name)
        let decision =
            run.options.selection?.decision(path, isDirectory: node.kind == .directory) ?? (
                restores: true, descends: true
            )
        if node.kind == .directory {
            guard decision.restores || decision.descends else { return }
            try await visitDirectory(node, name, in: directory, path: path, isSelected: decision.restores)
            return
        }
        guard decision.restores else { return }
        planLeaf(node, name, in: directory, path: path)
        if batch.isFull { try await sendBatch() }
    }

    // Not inlined: Swift 6.3.1 crashes optimising an async function around a typed throw.
    @inline(never)
    private mutating func planLeaf(_ node: Node, _ name: FileName, in directory: RestoreDirectory, path: [UInt8]) {
        do {
            try visitLeaf(node, name, in: directory, path: path)
        } catch {
            run.fail(path, error)
        }
    }

    // MARK: Directories

    @inline(never)
    private mutating func visitDirectory(
        _ node: Node,
        _ name: FileName,
        in parent: RestoreDirectory,
        path: [UInt8],
        isSelected: Bool
    ) async throws {
        guard let subtree = node.subtree else {
            run.fail(path, "the snapshot has no tree for this directory; run check", nil)
            return
        }
        let text: [UInt8]
        do {
            text = try await run.source.tree(subtree)
        } catch let error as CancellationError {
            throw error
        } catch {
            run.fail(path, "cannot read this directory's tree: \(error)", error)
            return
        }
        if !isSelected, await !leadsToSelected(text, path: path) { return }
        run.progress.add(1, to: run.progress.filesFound)
        guard let directory = enterDirectory(name, in: parent, path: path) else { return }
        let keptNames = try await visitEntries(of: text, in: directory)
        try await append(FinishedDirectory(directory: directory, node: node, keptNames: keptNames))
    }

    /// Makes a directory or takes the one that is there; nil, reported, when neither can be.
    @inline(never)
    private func enterDirectory(_ name: FileName, in parent: RestoreDirectory, path: [UInt8]) -> RestoreDirectory? {
        do {
            let isNew = try makeDirectory(name, in: parent)
            return RestoreDirectory(
                name,
                in: parent,
                isNew: isNew,
                mayPassOnAttributes: try !isNew || passesOnAttributes(parent)
            )
        } catch {
            run.fail(path, error)
            return nil
        }
    }

    /// Whether anything in a directory that is not itself selected is: only then is the directory made.
    ///
    /// True for what cannot be read, so that it is reported.
    private func leadsToSelected(_ text: [UInt8], path: [UInt8]) async -> Bool {
        guard let selection = run.options.selection else { return true }
        do {
            for node in try Self.nodes(of: text) {
                try Task.checkCancellation()
                let path = path + [UInt8(ascii: "/")] + node.name
                let decision = selection.decision(path, isDirectory: node.kind == .directory)
                if decision.restores { return true }
                guard decision.descends, let subtree = node.subtree else { continue }
                if await leadsToSelected(try await run.source.tree(subtree), path: path) { return true }
            }
            return false
        } catch {
            return true
        }
    }

    // Not inlined, and throwing untyped: Swift 6.3.1 crashes optimising an async function around a typed throw.
    @inline(never)
    private static func nodes(of text: [UInt8]) throws -> [Node] { try TreeDecoder.nodes(of: text) }

    private func passesOnAttributes(_ directory: RestoreDirectory) throws -> Bool {
        if directory.isNew || run.options.isDryRun { return directory.mayPassOnAttributes }
        return try RestoreTarget.passesOnAttributes(run.target.open(directory))
    }

    /// Makes a directory unless one is there; a different entry gives way.
    ///
    /// - Returns: Whether it is new.
    @inline(never)
    private func makeDirectory(_ name: FileName, in parent: RestoreDirectory) throws -> Bool {
        if run.options.isDryRun {
            guard !parent.isNew else { return true }
            let open = try run.target.open(parent)
            return (try? open.directory.metadata(of: name))?.kind != .directory
        }
        let open = try run.target.open(parent)
        if !parent.isNew, let existing = try existing(name, in: open) {
            if existing.kind == .directory { return false }
            try open.directory.removeFile(name)
        }
        try open.directory.makeDirectory(name)
        return true
    }

    private mutating func append(_ directory: FinishedDirectory) async throws {
        batch.finished.append(directory)
        if batch.isFull { try await sendBatch() }
    }

    private mutating func sendBatch() async throws {
        try await batches.send(batch)
        batch = RestoreBatch()
    }

    // MARK: Everything else

    private mutating func visitLeaf(
        _ node: Node,
        _ name: FileName,
        in directory: RestoreDirectory,
        path: [UInt8]
    ) throws {
        switch node.kind {
        case .socket: return
        case .irregular, .unknown, .directory:
            throw FormatError(.unsupported, "the snapshot holds an entry of a kind that cannot be restored")
        case .file, .symlink, .fifo, .blockDevice, .characterDevice: break
        }
        run.progress.add(1, to: run.progress.filesFound)
        if let key = node.hardLinkKey, let first = firstNames[key] {
            return try planLink(node, name, in: directory, to: first)
        }
        if node.kind == .file { run.progress.add(Int(clamping: node.size), to: run.progress.bytesFound) }

        let open = run.options.isDryRun && directory.isNew ? nil : try run.target.open(directory)
        var existing: FileMetadata?
        if !directory.isNew, let open { existing = try self.existing(name, in: open) }
        defer { if let key = node.hardLinkKey { firstNames[key] = (directory, name) } }
        if let existing, !overwrites(existing, with: node) {
            return run.skip(path, byteCount: node.kind == .file ? Int(clamping: node.size) : 0)
        }
        if node.kind == .file {
            return try planFile(node, name, in: directory, existing: existing, open: open)
        }
        if !run.options.isDryRun, let open {
            if let existing { try remove(existing, name, in: open) }
            try make(node, name, in: open)
            try run.metadata.apply(node, to: name, in: open.directory)
        }
        run.finish(path, .restored, byteCount: 0)
    }

    /// Plans a further name of a file; its bytes count once, with the first name.
    private mutating func planLink(
        _ node: Node,
        _ name: FileName,
        in directory: RestoreDirectory,
        to first: (directory: RestoreDirectory, name: FileName)
    ) throws {
        if !directory.isNew, let existing = try existing(name, in: run.target.open(directory)),
            !overwrites(existing, with: node)
        {
            return run.skip(directory.path(of: name), byteCount: 0)
        }
        batch.links.append(
            PlannedLink(
                directory: directory,
                name: name,
                firstDirectory: first.directory,
                firstName: first.name,
                node: node
            )
        )
    }

    private mutating func planFile(
        _ node: Node,
        _ name: FileName,
        in directory: RestoreDirectory,
        existing: FileMetadata?,
        open: SharedDirectory?
    ) throws {
        guard node.content != nil else {
            throw FormatError(.malformed, "the snapshot has no content for this file; run check")
        }
        // A file with further names is replaced rather than written through: those names may be somebody else's.
        let reuses = existing.map { $0.kind == .regular && $0.linkCount == 1 } ?? false
        if let existing, !reuses, !run.options.isDryRun, let open { try remove(existing, name, in: open) }
        batch.append(
            PlannedFile(directory: directory, name: name, node: node, existing: reuses ? .file : .nothing)
        )
    }

    private func existing(_ name: FileName, in open: SharedDirectory) throws(FileSystemError) -> FileMetadata? {
        do throws(FileSystemError) {
            return try open.directory.metadata(of: name)
        } catch  where error.code == .notFound {
            return nil
        } catch {
            throw error
        }
    }

    private func overwrites(_ existing: FileMetadata, with node: Node) -> Bool {
        switch run.options.overwrite {
        case .never: false
        case .ifNewer: existing.modified < node.modificationTime.fileTime
        case .always, .ifChanged: true
        }
    }

    private func remove(_ existing: FileMetadata, _ name: FileName, in open: SharedDirectory) throws {
        guard existing.kind == .directory else { return try open.directory.removeFile(name) }
        if run.options.deletesExtraEntries {
            try open.directory.removeRecursively(name)
        } else {
            try open.directory.removeEmptyDirectory(name)
        }
    }

    private func make(_ node: Node, _ name: FileName, in open: SharedDirectory) throws {
        switch node.kind {
        case .symlink: try open.directory.makeSymbolicLink(name, target: node.linkTarget)
        case .fifo: try open.directory.makePipe(name)
        case .blockDevice: try open.directory.makeDevice(name, isBlock: true, device: node.device)
        case .characterDevice: try open.directory.makeDevice(name, isBlock: false, device: node.device)
        default: break
        }
    }
}
