// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ClusterArchive
import KubeModel
import ObjectStorage
import VeleroAPI

/// One backup from its first object to its last byte in the bucket.
struct BackupRun: Sendable {
    let context: ControllerContext
    let parts: BackupParts
    let subject: BackupSubject
    let journal: BackupJournal
    let source: any ObjectSource
    let volumes: RunVolumes

    /// What was backed up, and what is stored beside the tarball.
    struct Content: Sendable {
        var itemCount = 0
        var hooks = HookCounts()
        var tarballByteCount = 0
        var resourceList = JSONValue.object(JSONObject())
        var volumeInformation = VolumeInformation()
    }

    /// Bytes of the tarball that wait for the store: pieces of this number.
    private static let waitingPieceCount = 8

    /// Collects the objects and stores them, and waits for the volumes.
    ///
    /// - Throws: What keeps the backup from being one; problems of single objects are in the journal.
    func perform(_ store: any ObjectStorage) async throws -> Content {
        let key = BackupObjectKey(subject.backup.name)
        let output = BoundedChannel<[UInt8]>(capacity: Self.waitingPieceCount)
        let hooks = HookExecution(subject.hooks, parts.commands, journal, clock: context.clock)
        let postHooks = PostHooks(hooks: hooks, volumes: volumes, subject: subject)
        return try await withThrowingTaskGroup(of: Content?.self) { group in
            group.addTask {
                try await volumes.run()
                return nil
            }
            group.addTask {
                do {
                    try await withThrowingTaskGroup(of: Void.self) { work in
                        work.addTask {
                            do {
                                try await store.putStream(key.contents) { try await output.receive() }
                            } catch {
                                output.fail(error)
                                throw error
                            }
                        }
                        work.addTask { try await postHooks.run() }
                        try await work.waitForAll()
                    }
                } catch {
                    output.fail(error)
                    postHooks.jobs.fail(error)
                    throw error
                }
                return nil
            }
            group.addTask {
                do {
                    let content = try await collect(postHooks, output)
                    postHooks.jobs.finish()
                    return content
                } catch {
                    output.fail(error)
                    postHooks.jobs.fail(error)
                    throw error
                }
            }
            // The watch goes on until it is cancelled: two of the three end by themselves.
            defer { group.cancelAll() }
            var content: Content?
            var endedCount = 0
            while endedCount < 2, let ended = try await group.next() {
                endedCount += 1
                if let ended { content = ended }
            }
            guard var complete = content else { throw CancellationError() }
            try await waitForVolumes()
            complete.hooks = hooks.counts
            return complete
        }
    }

    private func collect(_ postHooks: PostHooks, _ output: BoundedChannel<[UInt8]>) async throws -> Content {
        let pipeline = try BackupPipeline(context, subject, journal, postHooks, source: source, output: output)
        try await pipeline.collect()
        var content = Content()
        content.itemCount = pipeline.items.count
        content.tarballByteCount = pipeline.byteCount
        content.resourceList = pipeline.items.resourceList
        content.volumeInformation = pipeline.information
        return content
    }

    /// Waits for the backups of volumes, and tells of those that failed.
    private func waitForVolumes() async throws {
        guard !volumes.names.isEmpty else { return }
        journal.info("Waiting for the backups of volumes", ["count": "\(volumes.names.count)"])
        if try await !volumes.waitUntilFinal(volumes.names, subject) {
            journal.error(.init("timed out waiting for all PodVolumeBackups to complete"))
            try await volumes.cancelAll("the backup's time for volumes is over")
        }
        for volume in volumes.all where volume.phase == .failed || volume.phase == .canceled {
            tell(volume, "pod volume backup \(volume.phase.text.lowercased()): \(volume.message ?? "")")
        }
        for name in volumes.deleted {
            journal.error(.init("pod volume backup failed: \(name) was deleted while it was waited for"))
        }
    }

    private func tell(_ volume: PodVolumeBackup, _ message: String) {
        journal.error(
            .init(message, resource: "podvolumebackups.velero.io", namespace: volume.podNamespace, name: volume.name)
        )
    }

    // MARK: Storing

    /// Stores what is told about the backup, its existence last.
    ///
    /// - Parameter backup: As it is when it is complete.
    func store(_ content: Content, _ backup: Backup, in store: any ObjectStorage) async throws {
        let key = BackupObjectKey(backup.name)
        let all = volumes.all
        let results = journal.results.json
        let parts: [(String, JSONValue)] = [
            (key.podVolumeBackups, .array(all.map(\.object.json))), (key.volumeSnapshots, []),
            (key.itemOperations, []), (key.resourceList, content.resourceList),
            (key.volumeInformation, content.volumeInformation.json(all)), (key.results, results),
        ]
        for (name, value) in parts {
            try await store.put(name, ObjectBody(try Self.compressed(value)))
        }
        try await store.put(key.log, ObjectBody(try journal.finishLog()))
        var object = backup.object
        object.metadata.fields["managedFields"] = nil
        try await store.put(key.metadata, ObjectBody(object.bytes + [UInt8(ascii: "\n")]))
    }

    /// Stores what explains a backup that failed, and removes what would make it look like one.
    func storeFailure(in store: any ObjectStorage) async throws {
        let key = BackupObjectKey(subject.backup.name)
        // What was refused may have been stored all the same.
        for name in [key.metadata, key.contents] { try await store.delete(name) }
        try await store.put(key.results, ObjectBody(try Self.compressed(journal.results.json)))
        try await store.put(key.log, ObjectBody(try journal.finishLog()))
    }

    /// Removes what was stored of a backup that is not one.
    func removeAll(from store: any ObjectStorage) async throws {
        let key = BackupObjectKey(subject.backup.name)
        // First what makes it a backup.
        try await store.delete(key.metadata)
        for object in try await store.listAll(prefix: key.prefix) { try await store.delete(object.key) }
    }

    private static func compressed(_ value: JSONValue) throws -> [UInt8] {
        try ArchiveWriter.compress(JSONText.bytes(of: value) + [UInt8(ascii: "\n")])
    }
}
