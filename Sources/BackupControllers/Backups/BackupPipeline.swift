// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ClusterArchive
import KubeClient
import KubeModel
import VeleroAPI

/// Brings objects into the tarball of a backup, each with what it needs: one at a time, used by one task.
final class BackupPipeline {
    let context: ControllerContext
    let subject: BackupSubject
    let journal: BackupJournal
    let volumes: RunVolumes
    let hooks: HookExecution
    let postHooks: PostHooks
    let source: any ObjectSource
    /// Where the tarball's bytes go.
    private let output: BoundedChannel<[UInt8]>
    private let archive: ArchiveWriter
    private let stopwatch: Stopwatch
    private var lastReport: Duration = .zero
    private var accounts: ServiceAccountRoles?

    private(set) var items = BackedUpItems()
    var information = VolumeInformation()
    /// Claims whose volumes are backed up, and through which pod.
    var takenClaims: [ObjectKey: ObjectKey] = [:]
    /// Objects met so far.
    private(set) var totalCount = 0
    /// Bytes of the tarball so far.
    private(set) var byteCount = 0

    /// Bytes of the tarball handed on at once.
    private static let pieceByteCount = 256 << 10
    private static let reportInterval: Duration = .seconds(1)

    init(
        _ context: ControllerContext,
        _ subject: BackupSubject,
        _ journal: BackupJournal,
        _ postHooks: PostHooks,
        source: any ObjectSource,
        output: BoundedChannel<[UInt8]>
    ) throws {
        self.context = context
        self.subject = subject
        self.journal = journal
        self.postHooks = postHooks
        volumes = postHooks.volumes
        hooks = postHooks.hooks
        self.source = source
        self.output = output
        archive = try ArchiveWriter(.tarball)
        stopwatch = Stopwatch(clock: context.clock)
    }

    /// Begins the tarball.
    func begin() async throws {
        try archive.append(ItemPath.version, Array("\(ItemPath.formatVersion)\n".utf8), modified: context.now())
        try await flush(atLeast: 1)
    }

    /// Ends the tarball.
    func end() async throws {
        try archive.close()
        try await flush(atLeast: 1)
        output.finish()
    }

    private func flush(atLeast count: Int) async throws {
        guard archive.outputByteCount >= count else { return }
        let bytes = archive.takeOutput()
        byteCount += bytes.count
        try await output.send(bytes)
    }

    // MARK: Objects

    /// Takes an object if the backup includes it and does not have it yet.
    ///
    /// - Parameter isAlong: Whether it comes because another object needs it.
    /// - Throws: What ends the whole backup; what concerns the object alone is told in the journal.
    func take(_ object: KubeObject, _ type: ResourceType, isAlong: Bool = false) async throws {
        try subject.check()
        guard !items.contains(type, object.key) else { return }
        if let refusal = subject.filter.refusal(of: object, type, isAlong: isAlong) {
            if refusal != .namespaceLeftOut {
                journal.info("Excluding item because \(refusal.rawValue)", fields(object, type))
            }
            return
        }
        guard items.meet(object) else { return }
        totalCount += 1
        var object = object
        if type.description == "pods" {
            try await takePod(object, type)
        } else {
            if type.description == "persistentvolumes" { information.note(PersistentVolume(object: object)) }
            try await takeAlong(&object, type)
            try await write(object, type)
        }
        try await report()
    }

    /// Changes the object as its kind requires, and takes what it needs.
    func takeAlong(_ object: inout KubeObject, _ type: ResourceType, known: [RelatedObject: KubeObject] = [:])
        async throws
    {
        let roles = type.description == "serviceaccounts" ? try await accountRoles() : ServiceAccountRoles()
        for related in ItemAction.apply(to: &object, backup: subject.backup.name, accounts: roles) {
            guard let relatedType = subject.kinds[related.resource], !items.contains(relatedType, related.key) else {
                continue
            }
            var found = known[related]
            if found == nil { found = try await fetch(relatedType, related.key) }
            if let found {
                try await take(found, relatedType, isAlong: true)
            } else {
                journal.warning(
                    entry(
                        "An object that another one needs was not found",
                        object,
                        type,
                        error: "\(related.resource) \(related.key)"
                    )
                )
            }
        }
    }

    /// Reads an object; a failure is told in the journal.
    func fetch(_ type: ResourceType, _ key: ObjectKey) async throws -> KubeObject? {
        do {
            return try await source.object(type, key)
        } catch let error as SourceError {
            journal.error(
                .init(
                    "Error getting item",
                    resource: "\(type)",
                    namespace: key.namespace,
                    name: key.name,
                    error: "\(error)"
                )
            )
            return nil
        }
    }

    /// Writes an object into the tarball.
    func write(_ object: KubeObject, _ type: ResourceType) async throws {
        let paths = ItemPath.paths(of: object, type)
        guard !paths.isEmpty else {
            journal.error(entry("Error backing up item", object, type, error: "its name cannot be part of a path"))
            return
        }
        let bytes = object.bytes
        let time = context.now()
        for path in paths { try archive.append(path, bytes, modified: time) }
        items.noteWritten(object, type)
        journal.info("Backed up item", fields(object, type))
        try await flush(atLeast: Self.pieceByteCount)
    }

    /// The roles of service accounts, read once.
    private func accountRoles() async throws -> ServiceAccountRoles {
        if let accounts { return accounts }
        var roles = ServiceAccountRoles()
        if let type = subject.kinds[ServiceAccountRoles.bindings] {
            do {
                try await ObjectCollector(source).collect(CollectionRequest(type)) { page in
                    for binding in page.objects { roles.note(binding) }
                }
            } catch let error as SourceError {
                journal.error(.init("Error listing items", resource: "\(type)", error: "\(error)"))
            }
        }
        accounts = roles
        return roles
    }

    // MARK: Telling

    func entry(_ message: String, _ object: KubeObject, _ type: ResourceType, error: String? = nil)
        -> BackupResults.Entry
    {
        BackupResults.Entry(
            message,
            resource: "\(type)",
            namespace: object.metadata.namespace,
            name: object.metadata.name,
            error: error
        )
    }

    private func fields(_ object: KubeObject, _ type: ResourceType) -> [String: String] {
        ["resource": "\(type)", "namespace": object.metadata.namespace ?? "", "name": object.metadata.name ?? ""]
    }

    /// Tells how far the backup is, at most once a second.
    private func report() async throws {
        let elapsed = stopwatch.elapsed
        guard elapsed - lastReport >= Self.reportInterval else { return }
        lastReport = elapsed
        let progress: JSONValue = [
            "status": ["progress": ["totalItems": .int(totalCount), "itemsBackedUp": .int(items.count)]]
        ]
        do {
            _ = try await context.client.patch(Backup.self, subject.backup.key, .merge(progress))
        } catch {
            try Task.checkCancellation()
            journal.info("Progress could not be told", ["error": "\(error)"])
        }
    }
}
