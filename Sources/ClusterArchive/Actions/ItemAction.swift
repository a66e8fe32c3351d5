// SPDX-License-Identifier: Apache-2.0

package import KubeModel
internal import VeleroAPI

/// What is done with objects of some kinds on their way into a backup; decides only.
package enum ItemAction {
    private static let priorityClasses = "priorityclasses.scheduling.k8s.io"
    private static let definitions = "customresourcedefinitions.apiextensions.k8s.io"

    /// Changes an object as its kind requires, and names what has to come along.
    ///
    /// - Parameter accounts: Roles of service accounts.
    package static func apply(
        to object: inout KubeObject,
        backup: String,
        accounts: ServiceAccountRoles
    ) -> [RelatedObject] {
        guard object.gvk.group.isEmpty else { return [] }
        switch object.kind {
        case "Pod": return related(to: Pod(object: object))
        case "PersistentVolumeClaim":
            var claim = PersistentVolumeClaim(object: object)
            let related = prepare(&claim, backup: backup)
            object = claim.object
            return related
        case "ServiceAccount": return accounts.related(to: object.key)
        default: return []
        }
    }

    /// Claims of the pod's volumes, and its priority class.
    private static func related(to pod: Pod) -> [RelatedObject] {
        var related = pod.volumes.compactMap { volume in
            PodVolumeEligibility.claimName(of: volume, in: pod).map {
                RelatedObject("persistentvolumeclaims", ObjectKey(namespace: pod.namespace, name: $0))
            }
        }
        if let name = pod.object["spec", "priorityClassName"]?.string, !name.isEmpty {
            related.append(RelatedObject(priorityClasses, ObjectKey(namespace: nil, name: name)))
        }
        return related
    }

    /// A bound claim brings its volume, and is stored so that it binds again to what is restored: without the source it was filled
    /// from, and without conditions on a volume to be found.
    private static func prepare(_ claim: inout PersistentVolumeClaim, backup: String) -> [RelatedObject] {
        guard claim.phase == "Bound", let volume = claim.volumeName else { return [] }
        claim["spec", "dataSource"] = nil
        claim["spec", "dataSourceRef"] = nil
        if claim.storageClassName == "" {
            keepOwnSelector(&claim)
        } else {
            claim["spec", "selector"] = nil
        }
        for label in [VeleroLabel.restoreName, "velero.io/volume-snapshot-name", Self.mustIncludeAlong] {
            claim.metadata[label: label] = nil
        }
        if let name = claim.metadata[label: VeleroLabel.backupName], name != ObjectName.labelValue(backup) {
            claim.metadata[label: VeleroLabel.backupName] = nil
        }
        return [RelatedObject("persistentvolumes", ObjectKey(namespace: nil, name: volume))]
    }

    private static let mustIncludeAlong = "backup.velero.io/must-include-additional-items"

    /// Of a claim that is bound by hand only the labels that Velero's own restores look for stay in the selector.
    private static func keepOwnSelector(_ claim: inout PersistentVolumeClaim) {
        guard let labels = claim["spec", "selector", "matchLabels"]?.stringMap else {
            claim["spec", "selector"] = nil
            return
        }
        let own = labels.filter { $0.key.hasPrefix("velero.io/") }
        claim["spec", "selector"] = own.isEmpty ? nil : ["matchLabels": .object(own)]
    }

    /// The definition of the custom resources called `resource`, which comes along with them; built-in kinds have none.
    package static func definition(of resource: String) -> RelatedObject? {
        // Groups of definitions have a dot in them.
        guard resource.split(separator: ".", maxSplits: 1).last?.contains(".") == true else { return nil }
        return RelatedObject(definitions, ObjectKey(namespace: nil, name: resource))
    }
}
