// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Which objects of a collection a list or watch is about.
package struct ListOptions: Sendable, Hashable {
    package var labels = LabelSelector()
    package var fields = FieldSelector()
    /// Most objects of one page.
    package var pageSize = 500
    /// Lists: the state wanted; nil for the newest, "0" for whatever the server has at hand.
    package var resourceVersion: String?

    package init(labels: LabelSelector = LabelSelector(), fields: FieldSelector = FieldSelector()) {
        self.labels = labels
        self.fields = fields
    }

    var selectorItems: [KubeRequest.QueryItem] {
        var items: [KubeRequest.QueryItem] = []
        if !labels.isEmpty { items.append(.init("labelSelector", labels.description)) }
        if !fields.isEmpty { items.append(.init("fieldSelector", fields.description)) }
        return items
    }
}

/// How objects are written.
package struct WriteOptions: Sendable, Hashable {
    /// Who writes, for the server's record of field owners; required by server-side apply.
    package var fieldManager: String?
    /// Whether the server only checks.
    package var isDryRun = false
    /// Server-side apply: whether fields of other owners are taken over.
    package var takesOverFields = false

    package init(fieldManager: String? = "velero") { self.fieldManager = fieldManager }

    func items(forApply: Bool) -> [KubeRequest.QueryItem] {
        var items: [KubeRequest.QueryItem] = []
        if let fieldManager { items.append(.init("fieldManager", fieldManager)) }
        if isDryRun { items.append(.init("dryRun", "All")) }
        if forApply, takesOverFields { items.append(.init("force", "true")) }
        return items
    }
}

/// How objects are deleted.
package struct DeleteOptions: Sendable, Hashable {
    /// What becomes of objects owned by a deleted one.
    package enum Propagation: String, Sendable {
        /// They stay.
        case orphan = "Orphan"
        /// They are deleted afterwards.
        case background = "Background"
        /// They are deleted first.
        case foreground = "Foreground"
    }

    package var propagation: Propagation?
    package var gracePeriod: Duration?
    /// Delete only the object with this uid.
    package var uid: String?
    /// Delete only this state of the object.
    package var resourceVersion: String?

    package init(propagation: Propagation? = nil, uid: String? = nil) {
        self.propagation = propagation
        self.uid = uid
    }

    var json: JSONValue {
        var json: JSONValue = ["apiVersion": "v1", "kind": "DeleteOptions"]
        if let propagation { json["propagationPolicy"] = .string(propagation.rawValue) }
        if let gracePeriod { json["gracePeriodSeconds"] = .int(gracePeriod.components.seconds) }
        if let uid { json[["preconditions", "uid"]] = .string(uid) }
        if let resourceVersion { json[["preconditions", "resourceVersion"]] = .string(resourceVersion) }
        return json
    }
}
