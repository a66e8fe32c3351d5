// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Makes backups again and again.
package struct Schedule: VeleroResource {
    package static let resourceType = ResourceType.velero("Schedule", "schedules")
    package static let fields = Fields()
    package var object: KubeObject
    package init(object: KubeObject) { self.object = object }

    package struct Fields: Sendable {
        /// The specification of each backup.
        package let template = Field<JSONObject>("spec.template")
        /// Cron's notation.
        package let schedule = Field<String>("spec.schedule")
        package let useOwnerReferencesInBackup = Field<Bool>("spec.useOwnerReferencesInBackup")
        package let paused = Field<Bool>("spec.paused")
        package let skipImmediately = Field<Bool>("spec.skipImmediately")
        /// As stored; ``Schedule/phase`` knows what an empty one means.
        package let statusPhase = Field<SchedulePhase>("status.phase")
        package let lastBackup = Field<KubeTime>("status.lastBackup")
        package let lastSkipped = Field<KubeTime>("status.lastSkipped")
        package let validationErrors = Field<[String]>("status.validationErrors")
    }

    /// How far it is; an empty phase is `New`.
    package var phase: SchedulePhase {
        get { self.statusPhase.flatMap { $0.text.isEmpty ? nil : $0 } ?? .new }
        set { self.statusPhase = newValue }
    }
}
