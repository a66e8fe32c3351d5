// SPDX-License-Identifier: Apache-2.0

import Synchronization
import VolumeIO

extension ArchiveRun {
    /// Counts the files and bytes beneath the targets, with the same exclusions as the archive itself.
    func scan(_ plan: TargetPlan, workingDirectory: [UInt8]) async throws {
        switch plan.content {
        case .directory(let path):
            if let directory = try? OpenDirectory.open(path: path) { try scan(directory, path) }
        case .tree(let tree):
            for source in tree.entries.flatMap(\.sources) {
                let path = SourcePath.absolute(source, workingDirectory: workingDirectory)
                guard let (parent, name) = SourcePath.parent(of: path), let name = try? FileName(name),
                    let directory = try? OpenDirectory.open(path: parent)
                else { continue }
                try scanEntry(name, hint: nil, in: directory, path)
            }
        }
        progress.isScanComplete.store(true, ordering: .releasing)
    }

    /// Counts the files and bytes beneath an opened directory.
    func scan(_ context: EntryContext) async throws {
        try scan(context.directory.directory, context.sourcePath)
        progress.isScanComplete.store(true, ordering: .releasing)
    }

    private func scan(_ directory: borrowing OpenDirectory, _ path: [UInt8]) throws {
        try Task.checkCancellation()
        // Deeper ones are not archived either; the bound keeps this recursion within a thread's stack.
        guard path.count <= 2 * SourcePath.maximumByteCount else { return }
        guard let listing = try? directory.entries() else { return }
        for index in 0..<listing.count {
            let name = listing.name(at: index)
            let entryPath = SourcePath.joined(path, name.bytes)
            if let excludes = options.excludes, excludes(entryPath) { continue }
            try scanEntry(name, hint: listing.kind(at: index), in: directory, entryPath)
        }
    }

    private func scanEntry(
        _ name: FileName,
        hint: FileKind?,
        in directory: borrowing OpenDirectory,
        _ path: [UInt8]
    ) throws {
        if hint == .directory {
            if let subdirectory = try? directory.openDirectory(name), let metadata = try? subdirectory.metadata(),
                !isForeign(metadata)
            {
                try scan(subdirectory, path)
            }
            return
        }
        guard hint == .regular || hint == nil, let metadata = try? directory.metadata(of: name) else { return }
        switch metadata.kind {
        case .directory where hint == nil: try scanEntry(name, hint: .directory, in: directory, path)
        case .regular where !isForeign(metadata) && !isTooLarge(metadata):
            progress.add(1, to: progress.filesFound)
            progress.add(metadata.byteCount, to: progress.bytesFound)
        default: break
        }
    }
}
