// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeClient
import KubeModel
import VeleroAPI

/// Lists schedules: `velero schedule get`.
struct ScheduleGetCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "get",
        abstract: "List schedules.",
        examples: ["velero schedule get", "velero get schedules daily -o yaml"]
    )

    @OptionGroup var selection: ResourceSelection
    @OptionGroup var output: ResourceOutputOptions
    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let namespace = try await access.namespace()
        _ = try output.format()
        let schedules = try await access.withClient { client in
            try await selection.objects(Schedule.self, namespace: namespace, from: client)
        }
        let now = ConfigurationEnvironment.systemTime()
        try output.print(schedules, as: Schedule.view, now: now, to: context.output)
    }
}

extension Schedule {
    /// As Velero's tables show them.
    static var view: ResourceView<Schedule> {
        ResourceView(
            titles: ["Name", "Status", "Created", "Schedule", "Backup TTL", "Last Backup", "Selector", "Paused"]
        ) { schedule, now in
            let backup = schedule.templateBackup
            return [
                schedule.name, schedule.phase.text, ResourceTime.full(schedule.metadata.creationTimestamp),
                schedule.schedule ?? "", (backup.ttl ?? GoDuration(.zero)).description,
                ResourceTime.relative(schedule.lastBackup, now: now), ResourceText.selector(backup.labelSelector),
                schedule.paused == true ? "true" : "false",
            ]
        }
    }

    /// A backup with the specification of its backups.
    var templateBackup: Backup {
        var backup = Backup(name: nil)
        backup["spec"] = .object(self.template ?? JSONObject())
        return backup
    }
}
