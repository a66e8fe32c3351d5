// SPDX-License-Identifier: Apache-2.0

package import KubeModel

extension VeleroResource {
    /// The patch that makes `old` into this, touching nothing else; nil if nothing changed.
    ///
    /// - Parameter isGuarded: Whether the server must refuse it if the object changed since `old` was read.
    package func patch(from old: Self, isGuarded: Bool = false) -> Patch? {
        guard var change = MergePatch.difference(from: old.object.json, to: object.json) else { return nil }
        if isGuarded, let version = old.metadata.resourceVersion {
            change[["metadata", "resourceVersion"]] = .string(version)
        }
        return .merge(change)
    }
}

/// What the backup and the restore of a volume tell about themselves in the same way.
package protocol PodVolumeResource: VeleroResource {
    var phase: PodVolumePhase { get set }
    var pod: ObjectKey { get }
    var isCancelled: Bool { get }
    var mover: RepositoryType { get }
    static var statusFields: PodVolumeStatusFields { get }
    /// What the agent does next; see the kinds.
    func decide(_ situation: PodVolumeSituation) -> [PodVolumeAction]
}

/// Where those fields are.
package struct PodVolumeStatusFields: Sendable {
    package let message = Field<String>("status.message")
    package let startTimestamp = Field<KubeTime>("status.startTimestamp")
    package let completionTimestamp = Field<KubeTime>("status.completionTimestamp")
    package let totalBytes = Field<Int>("status.progress.totalBytes")
    package let bytesDone = Field<Int>("status.progress.bytesDone")
    package let totalFiles = Field<Int>("status.progress.totalFiles")
    package let filesDone = Field<Int>("status.progress.filesDone")
}

extension PodVolumeResource {
    package static var statusFields: PodVolumeStatusFields { PodVolumeStatusFields() }

    /// Marks the start; a resumed one keeps the time it first started.
    package mutating func begin(at time: KubeTime) {
        phase = .inProgress
        if read(\.startTimestamp) == nil { write(time, \.startTimestamp) }
    }

    /// Tells how far it is; the total never falls below what is done.
    package mutating func report(bytesDone: Int, totalBytes: Int) {
        write(bytesDone, \.bytesDone)
        write(max(totalBytes, bytesDone), \.totalBytes)
    }

    /// Tells how many files are done; the total never falls below that.
    package mutating func report(filesDone: Int, totalFiles: Int) {
        write(filesDone, \.filesDone)
        write(max(totalFiles, filesDone), \.totalFiles)
    }

    /// Marks the end.
    ///
    /// - Parameter message: What a person should know; empty for nothing.
    package mutating func finish(_ phase: PodVolumePhase, message: String = "", at time: KubeTime) {
        self.phase = phase
        write(time, \.completionTimestamp)
        write(message.isEmpty ? nil : message, \.message)
    }

    private func read<Value>(_ field: KeyPath<PodVolumeStatusFields, Field<Value>>) -> Value? {
        object[path: Self.statusFields[keyPath: field].path].flatMap(Value.read)
    }

    private mutating func write<Value>(_ value: Value?, _ field: KeyPath<PodVolumeStatusFields, Field<Value>>) {
        object[path: Self.statusFields[keyPath: field].path] = value?.json
    }
}

extension PodVolumeBackup: PodVolumeResource {
    /// Marks a backup that stored a snapshot.
    package mutating func complete(
        snapshotID: String,
        byteCount: Int,
        newByteCount: Int,
        digest: String?,
        at time: KubeTime
    ) {
        report(bytesDone: byteCount, totalBytes: byteCount)
        self.incrementalBytes = newByteCount
        self.snapshotID = snapshotID
        self.volumeDigest = digest
        finish(.completed, at: time)
    }

    /// Marks a backup of an empty volume, of which Velero keeps no snapshot.
    package mutating func completeEmpty(at time: KubeTime) {
        finish(.completed, message: "volume was empty so no snapshot was taken", at: time)
    }
}

extension PodVolumeRestore: PodVolumeResource {}
