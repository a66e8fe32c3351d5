// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
package import ResticFormat
package import VolumeIO

/// Restores a snapshot's tree into a directory.
///
/// Nothing is written outside the target whatever the snapshot says, no link in it is followed, and no byte is written that was not
/// verified. What cannot be restored is reported and counted; the rest goes on. Memory: two batches of planned files (tens of
/// megabytes), and per read in flight ``ContentPlan/readByteCount`` plus one chunk.
package struct Restorer: Sendable {
    private let source: any RestoreSource
    private let options: RestoreOptions
    private let isPrivileged: Bool

    /// - Parameter isPrivileged: Whether this process may give files to other owners.
    package init(source: any RestoreSource, options: RestoreOptions, isPrivileged: Bool) {
        self.source = source
        self.options = options
        self.isPrivileged = isPrivileged
    }

    /// Restores everything beneath `tree` into `target`, an existing directory.
    ///
    /// - Parameters:
    ///   - rootIsNew: True when the target was made for this restore and is empty.
    ///   - volumeRoot: The snapshot's `volume_root`.
    /// - Throws: `CancellationError`, or what makes the whole restore impossible; failures of single entries go to `observer`.
    package func restore(
        _ tree: BlobID,
        into target: SharedDirectory,
        rootIsNew: Bool,
        volumeRoot: Node?,
        progress: RestoreProgress,
        observer: RestoreObserver
    ) async throws {
        let run = RestoreRun(
            source: source,
            target: RestoreTarget(root: target),
            options: options,
            isPrivileged: isPrivileged,
            progress: progress,
            observer: observer
        )
        let rootNode: Node? =
            switch options.rootMetadata {
            case .none: nil
            case .ofVolume: volumeRoot
            case .of(let node): node
            }
        let executor = BlockingExecutor(
            name: "restore",
            threadCount: options.workerCount + options.readConcurrency + 1,
            monitor: options.monitor
        )
        let batches = BoundedChannel<RestoreBatch>(capacity: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: executor) {
                var walk = RestoreWalk(run: run, batches: batches)
                do {
                    let root = RestoreDirectory(
                        isNew: rootIsNew,
                        mayPassOnAttributes: !rootIsNew || RestoreTarget.passesOnAttributes(target)
                    )
                    try await walk.walk(tree, root: root, rootNode: rootNode)
                } catch {
                    batches.fail(error)
                    throw error
                }
            }
            group.addTask(executorPreference: executor) {
                let writer = BatchWriter(run: run, executor: executor)
                do {
                    while let batch = try await batches.receive() { try await writer.write(batch) }
                } catch {
                    // The walk may be waiting for room.
                    batches.fail(error)
                    throw error
                }
            }
            try await group.waitForAll()
        }
    }
}
