// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeClient
import KubeModel
import VeleroAPI

/// Tells all about schedules: `velero schedule describe`.
struct ScheduleDescribeCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "describe",
        abstract: "Tell all about schedules.",
        examples: ["velero schedule describe daily", "velero describe schedules"]
    )

    @OptionGroup var selection: ResourceSelection
    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let namespace = try await access.namespace()
        let schedules = try await access.withClient { client in
            try await selection.objects(Schedule.self, namespace: namespace, from: client)
        }
        for (index, schedule) in schedules.enumerated() {
            if index > 0 { try context.output.line("\n") }
            for line in Self.page(schedule).lines { try context.output.line(line) }
        }
    }

    static func page(_ schedule: Schedule) -> DescriptionPage {
        var page = DescriptionPage()
        page.metadata(schedule.metadata)
        page.section()
        page.add("Phase", schedule.phase.text)
        if let errors = schedule.validationErrors, !errors.isEmpty {
            page.section()
            page.list("Validation errors", errors)
        }
        page.section()
        page.add("Paused", schedule.paused == true ? "true" : "false")
        page.section()
        page.add("Schedule", schedule.schedule ?? "")
        page.section()
        page.add("Backup Template", "")
        page.indented { $0.specification(of: schedule.templateBackup) }
        page.section()
        page.add("Last Backup", schedule.lastBackup.map { ResourceTime.full($0) } ?? "<never>")
        return page
    }
}
