// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import VeleroAPI

/// Which backups run and which wait; decides only.
enum BackupQueue {
    /// What is done with a backup.
    enum Change: Equatable {
        /// A new one is put at this place, or a waiting one moves to it.
        case place(ObjectKey, Int)
        /// One that waited is begun.
        case release(ObjectKey)
    }

    /// New backups wait behind the others; the first that may is begun, and all behind move up.
    ///
    /// - Parameters:
    ///   - limit: Backups under way at once.
    ///   - namespaces: Names of the cluster's namespaces; two backups with a namespace in common are not under way at once.
    static func decide(_ backups: [Backup], limit: Int, namespaces: [String]) -> [Change] {
        var running = backups.filter { $0.phase == .readyToStart || $0.phase == .inProgress }.map {
            names(of: $0, namespaces)
        }
        let queued = backups.filter { $0.phase == .queued }.sorted {
            ($0.queuePosition ?? .max, $0.name) < ($1.queuePosition ?? .max, $1.name)
        }
        let new = backups.filter { $0.phase == .new }.sorted {
            ($0.metadata.creationTimestamp?.seconds ?? .max, $0.name)
                < ($1.metadata.creationTimestamp?.seconds ?? .max, $1.name)
        }
        var changes: [Change] = []
        var earlier: [Set<String>] = []
        var position = 0
        for backup in queued + new {
            let own = names(of: backup, namespaces)
            let isFree = (running + earlier).allSatisfy { $0.isDisjoint(with: own) }
            if backup.phase == .queued, running.count < limit, isFree {
                changes.append(.release(backup.key))
                running.append(own)
                continue
            }
            earlier.append(own)
            position += 1
            if backup.phase == .new || backup.queuePosition != position { changes.append(.place(backup.key, position)) }
        }
        return changes
    }

    private static func names(of backup: Backup, _ namespaces: [String]) -> Set<String> {
        let list = InclusionList(
            including: backup.includedNamespaces ?? [],
            excluding: backup.excludedNamespaces ?? []
        )
        return Set(namespaces.filter(list.admits))
    }
}
