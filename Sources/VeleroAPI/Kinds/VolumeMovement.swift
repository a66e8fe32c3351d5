// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Fields of every kind that moves the data of one volume.
package protocol VolumeMovementFields: Sendable {
    /// As stored; `phase` knows what an empty one means.
    var statusPhase: Field<PodVolumePhase> { get }
    var cancel: Field<Bool> { get }
}

extension VeleroResource where Fields: VolumeMovementFields {
    /// How far it is; an empty phase is `New`.
    package var phase: PodVolumePhase {
        get { self.statusPhase.flatMap { $0.text.isEmpty ? nil : $0 } ?? .new }
        set { self.statusPhase = newValue }
    }

    /// Whether it was asked to stop.
    package var isCancelled: Bool { self.cancel ?? false }
}

/// Fields of the kinds that move the files of a pod's volume.
package protocol PodVolumeFields: VolumeMovementFields {
    var podNamespace: Field<String> { get }
    var podName: Field<String> { get }
    var uploaderType: Field<RepositoryType> { get }
}

extension VeleroResource where Fields: PodVolumeFields {
    /// Namespace and name of the pod.
    package var pod: ObjectKey { ObjectKey(namespace: self.podNamespace, name: self.podName ?? "") }

    /// Who moves the data; resources of Velero up to 1.9 do not say.
    package var mover: RepositoryType { self.uploaderType ?? .unset }
}
