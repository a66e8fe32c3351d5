// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import VeleroAPI

/// A backup under way: what it is of, decided before it begins.
struct BackupSubject: Sendable {
    let backup: Backup
    let kinds: ServedKinds
    let filter: BackupFilter
    let order: ResourceOrder
    let hooks: PodHooks
    let policy: ResourcePolicy?
    /// Whether the Backup is no longer there, or about to go.
    let isGone: @Sendable () -> Bool

    init(
        _ backup: Backup,
        kinds: ServedKinds,
        policy: ResourcePolicy?,
        isGone: @escaping @Sendable () -> Bool
    ) throws {
        self.backup = backup
        self.kinds = kinds
        self.policy = policy
        self.isGone = isGone
        filter = try BackupFilter(backup, policy: policy?.lists ?? ResourcePolicy.Lists(), resolve: kinds.resolve)
        order = ResourceOrder(backup.orderedResources ?? [:], resolve: kinds.resolve)
        hooks = try PodHooks(backup, resolve: kinds.resolve)
    }

    /// Whether the claims of pods are backed up, and so the volumes behind them.
    var includesClaims: Bool {
        kinds["persistentvolumeclaims"].map(filter.resources.admitsAlong) ?? false
    }

    /// - Throws: ``BackupGone``.
    func check() throws {
        try Task.checkCancellation()
        if isGone() { throw BackupGone() }
    }
}

/// The Backup was deleted while it was under way.
struct BackupGone: Error {}
