// SPDX-License-Identifier: Apache-2.0

/// Something that happened to an object, for people to read; the server forgets it after about an hour.
package struct Event: KubeResource {
    package static let resourceType = ResourceType(
        group: "",
        version: "v1",
        kind: "Event",
        plural: "events",
        isNamespaced: true
    )
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    /// Whether a person should look.
    package enum Severity: String, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    package var severity: Severity { object["type"]?.string.flatMap(Severity.init(rawValue:)) ?? .normal }
    /// In one word, such as `BackupFailed`.
    package var reason: String { object["reason"]?.string ?? "" }
    package var message: String { object["message"]?.string ?? "" }
    /// How often it happened.
    package var occurrenceCount: Int { object["count"]?.int ?? 1 }
    package var firstTimestamp: KubeTime? { object["firstTimestamp"]?.string.flatMap(KubeTime.init(parsing:)) }
    package var lastTimestamp: KubeTime? { object["lastTimestamp"]?.string.flatMap(KubeTime.init(parsing:)) }
    /// Kind and name of what it happened to.
    package var involvedKind: String { object["involvedObject", "kind"]?.string ?? "" }
    package var involvedName: String { object["involvedObject", "name"]?.string ?? "" }
}
