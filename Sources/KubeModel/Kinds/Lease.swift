// SPDX-License-Identifier: Apache-2.0

/// A claim that has to be renewed, held by one of several that want it.
package struct Lease: KubeResource {
    package static let resourceType = ResourceType(
        group: "coordination.k8s.io",
        version: "v1",
        kind: "Lease",
        plural: "leases",
        isNamespaced: true
    )
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    /// Who holds it; nil if nobody does.
    package var holder: String? {
        get { object["spec", "holderIdentity"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        set { object["spec", "holderIdentity"] = .string(newValue ?? "") }
    }

    /// How long it lasts after a renewal.
    package var duration: Duration? {
        get { object["spec", "leaseDurationSeconds"]?.int.map { .seconds($0) } }
        set { object["spec", "leaseDurationSeconds"] = newValue.map { .int($0.components.seconds) } }
    }

    /// When the holder took it.
    package var acquireTime: KubeTime? {
        get { object["spec", "acquireTime"]?.string.flatMap(KubeTime.init(parsing:)) }
        set { object["spec", "acquireTime"] = newValue.map { .string($0.microDescription) } }
    }

    /// When the holder last renewed it.
    package var renewTime: KubeTime? {
        get { object["spec", "renewTime"]?.string.flatMap(KubeTime.init(parsing:)) }
        set { object["spec", "renewTime"] = newValue.map { .string($0.microDescription) } }
    }

    /// How often it changed hands.
    package var transitionCount: Int {
        get { object["spec", "leaseTransitions"]?.int ?? 0 }
        set { object["spec", "leaseTransitions"] = .int(newValue) }
    }
}
