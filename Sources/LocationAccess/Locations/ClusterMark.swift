// SPDX-License-Identifier: Apache-2.0

/// Stands in locks as the user, so that the server can tell those of its own cluster from all others.
///
/// Two clusters may use one repository (the second for restores only), and pods of the same name may run in both. A lock of another
/// cluster must never be taken for one of a pod that is gone here. The Secret with the password is an object that agents and server of
/// a cluster read anyway, and its uid is unlike that of any other cluster.
package enum ClusterMark {
    package static func make(secretUID: String?) -> String {
        guard let uid = secretUID, !uid.isEmpty else { return "velero" }
        return "velero-" + uid.prefix(13)
    }

    /// Whether a lock's user name tells that the lock was taken from the cluster of this mark.
    package static func matches(_ mark: String, username: String) -> Bool {
        mark.utf8.count > "velero-".utf8.count && username == mark
    }
}
