// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat
import VolumeIO

/// A dry run: looks at everything, reports what would be done, and writes nothing.
extension BatchWriter {
    func rehearse(_ batch: RestoreBatch) throws {
        for file in batch.files {
            try Task.checkCancellation()
            do {
                try rehearse(file)
            } catch let error as CancellationError {
                throw error
            } catch {
                giveUp(file, error)
            }
        }
        for link in batch.links { run.finish(link.directory.path(of: link.name), .restored, byteCount: 0) }
        for finished in batch.finished {
            let directory = finished.directory
            if let keptNames = finished.keptNames, !directory.isNew {
                do {
                    deleteExtra(in: directory, try run.target.open(directory), keptNames)
                } catch {
                    run.fail(directory.path, error)
                }
            }
            if !directory.names.isEmpty {
                run.finish(directory.path, .restored, byteCount: 0)
            }
        }
    }

    private func rehearse(_ file: PlannedFile) throws {
        let byteCount = Int(clamping: file.node.size)
        guard file.existing == .file else {
            run.progress.add(byteCount, to: run.progress.bytesRestored)
            return run.finish(file.path, .restored, byteCount: byteCount)
        }
        if try isRight(file) {
            run.progress.add(byteCount, to: run.progress.bytesSkipped)
            run.finish(file.path, .unchanged, byteCount: byteCount)
        } else {
            run.progress.add(byteCount, to: run.progress.bytesRestored)
            run.finish(file.path, .updated, byteCount: byteCount)
        }
    }

    private func isRight(_ file: PlannedFile) throws -> Bool {
        let open = try run.target.open(file.directory).directory.openFile(file.name)
        let present = try open.metadata()
        guard present.kind == .regular, present.byteCount == Int(clamping: file.node.size) else { return false }
        if run.options.overwrite == .ifChanged, present.modified == file.node.modificationTime.fileTime { return true }
        let content = file.node.content ?? []
        let matches = try ExistingContent.matches(
            open,
            chunks: content,
            lengths: content.map { run.source.location(of: $0)?.blob.plaintextByteCount ?? 0 },
            isCancelled: { Task.isCancelled }
        )
        return !matches.contains(false)
    }
}
