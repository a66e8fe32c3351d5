// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

extension BackupRequest {
    /// The absolute paths a snapshot of this backup names, in the order of the targets.
    package var snapshotPaths: [String] {
        switch source {
        case .stream(let path, _):
            [String(decoding: SourcePath.absolute(SourcePath.cleaned(path), workingDirectory: []), as: UTF8.self)]
        case .directory(_, let path): [String(decoding: SourcePath.cleaned(path), as: UTF8.self)]
        case .paths(let targets, let workingDirectory):
            targets.map { target in
                let path = SourcePath.absolute(SourcePath.cleaned(target), workingDirectory: workingDirectory)
                return String(decoding: path, as: UTF8.self)
            }
        }
    }

    /// The newest of `snapshots`, which ascend by time, that may be this backup's parent.
    func automaticParent(among snapshots: [StoredSnapshot], grouping: GroupingCriteria) -> StoredSnapshot? {
        let paths = snapshotPaths
        return snapshots.last { candidate in
            let snapshot = candidate.snapshot
            guard snapshot.time <= time else { return false }
            guard !grouping.byHost || snapshot.hostname == hostname else { return false }
            guard !grouping.byPaths || paths.allSatisfy(snapshot.paths.contains) else { return false }
            return !grouping.byTags || tags.allSatisfy(snapshot.tags.contains)
        }
    }
}

extension Backup {
    /// The snapshot changes are detected against.
    static func findParent(
        of request: BackupRequest,
        in repository: Repository,
        onUnreadable: @escaping @Sendable (SnapshotID, any Error) -> Void
    ) async throws -> StoredSnapshot? {
        // A stream has no metadata to compare.
        if case .stream = request.source { return nil }
        switch request.parent {
        case .none: return nil
        case .snapshot(let id): return StoredSnapshot(id: id, snapshot: try await repository.loadSnapshot(id))
        case .automatic(let grouping):
            // A snapshot that cannot be read is no parent, and no reason to leave the volume without a backup.
            let snapshots = try await repository.loadSnapshots(onFailure: onUnreadable)
            return request.automaticParent(among: snapshots, grouping: grouping)
        }
    }
}
