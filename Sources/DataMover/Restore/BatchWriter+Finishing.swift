// SPDX-License-Identifier: Apache-2.0

import VolumeIO

/// What follows the content of a batch: hard links, then finished directories.
extension BatchWriter {
    func make(_ link: PlannedLink) {
        let path = link.directory.path(of: link.name)
        do {
            let directory = try run.target.open(link.directory)
            let first = try run.target.open(link.firstDirectory)
            if !link.directory.isNew {
                do throws(FileSystemError) {
                    let existing = try directory.directory.metadata(of: link.name)
                    let original = try first.directory.metadata(of: link.firstName)
                    if existing.inode == original.inode, existing.device == original.device {
                        run.finish(path, .unchanged, byteCount: 0)
                        return
                    }
                    if existing.kind == .directory {
                        if run.options.deletesExtraEntries {
                            try directory.directory.removeRecursively(link.name)
                        } else {
                            try directory.directory.removeEmptyDirectory(link.name)
                        }
                    } else {
                        try directory.directory.removeFile(link.name)
                    }
                } catch  where error.code == .notFound {
                    // Nothing in the way; a missing first name shows below.
                } catch {
                    throw error
                }
            }
            try directory.directory.makeHardLink(link.name, to: link.firstName, in: first.directory)
            run.finish(path, .restored, byteCount: 0)
        } catch {
            run.fail(path, error)
        }
    }

    func finish(_ finished: FinishedDirectory) {
        let directory = finished.directory
        do {
            let open = try run.target.open(directory)
            if let keptNames = finished.keptNames, !directory.isNew { deleteExtra(in: directory, open, keptNames) }
            if let node = finished.node { try run.metadata.apply(node, to: open.directory) }
            if !directory.names.isEmpty {
                run.finish(directory.path, .restored, byteCount: 0)
            }
        } catch {
            run.fail(directory.path, error)
        }
        run.target.forget(directory)
    }

    func deleteExtra(in directory: RestoreDirectory, _ open: SharedDirectory, _ keptNames: [FileName]) {
        do {
            let listing = try open.directory.entries()
            var kept = keptNames[...]
            for index in 0..<listing.count {
                let name = listing.name(at: index)
                while let first = kept.first, first < name { kept.removeFirst() }
                if kept.first == name { continue }
                let path = directory.path(of: name)
                let isDirectory = listing.kind(at: index) == .directory
                if let selection = run.options.selection, !selection.decision(path, isDirectory: isDirectory).restores {
                    continue
                }
                if run.options.isDryRun {
                    run.finish(path, .deleted, byteCount: 0)
                    continue
                }
                do {
                    try open.directory.removeRecursively(name)
                    run.finish(path, .deleted, byteCount: 0)
                } catch {
                    run.fail(path, error)
                }
            }
        } catch {
            run.fail(directory.path, error)
        }
    }
}
