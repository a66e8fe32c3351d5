// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// The init container that holds a restored pod back until its volumes are there.
package struct RestoreWaitContainer: Sendable, Hashable {
    /// Its place among the init containers; above 0, those before it may get in the restore's way.
    package let index: Int
    /// Whether it runs at this moment, which is when the volumes may be written.
    package let isRunning: Bool
    /// Whether it ended, after which the pod's own containers start.
    package let isTerminated: Bool

    /// Finds it in a pod under its present or former name; nil if the pod has none.
    package init?(in pod: Pod) {
        let names = [VeleroObjectName.restoreWaitContainer, VeleroObjectName.oldRestoreWaitContainer]
        guard let index = pod.initContainers.firstIndex(where: { names.contains($0.name) }) else { return nil }
        self.index = index
        let name = pod.initContainers[index].name
        let status = pod.initContainerStatuses.first { $0.name == name }
        isRunning = status?.isRunning ?? false
        isTerminated = status?.isTerminated ?? false
    }
}
