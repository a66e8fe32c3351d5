// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeClient
import KubeModel
import VeleroAPI

/// Makes a schedule: `velero schedule create`.
struct ScheduleCreateCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "create",
        abstract: "Make a schedule.",
        discussion: """
            A schedule has five fields (minute, hour, day of the month, month, day of the week), or is @every with a duration, \
            @hourly, @daily, @weekly, @monthly or @yearly. Before them a time zone may stand: CRON_TZ=Europe/Berlin.
            """,
        examples: [
            "velero schedule create daily --schedule \"0 7 * * *\"",
            "velero schedule create shop --schedule \"@every 6h\" --include-namespaces shop --ttl 240h",
            "velero create schedule night --schedule \"CRON_TZ=Europe/Berlin 30 2 * * 1-5\"",
        ]
    )

    @Argument(help: ArgumentHelp("Name of the schedule.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("When backups are made.", valueName: "cron"))
    var schedule: String?

    @Option(help: ArgumentHelp("Whether its backups are forgotten with the schedule.", valueName: "true|false"))
    var useOwnerReferencesInBackup: TruthWord?

    @Option(help: ArgumentHelp("Whether it makes no backups for now.", valueName: "true|false"))
    var paused: TruthWord?

    @Option(help: ArgumentHelp("Whether the first backup waits for its time.", valueName: "true|false"))
    var skipImmediately: TruthWord?

    @OptionGroup(title: "Flags about the backups") var backup: BackupSpecificationOptions
    @OptionGroup var output: ResourceOutputOptions
    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let format = try output.format()
        let made = try made(in: try await access.namespace())
        guard format == nil else {
            let now = ConfigurationEnvironment.systemTime()
            return try output.print([made], as: Schedule.view, now: now, to: context.output)
        }
        try await access.withClient { _ = try await $0.create(made) }
        try context.output.line("Schedule \"\(name)\" created successfully.")
    }

    private func made(in namespace: String) throws -> Schedule {
        guard ObjectName.isSubdomain(name) else { throw CommandFailure("'\(name)' cannot be the name of a schedule") }
        guard let text = schedule, !text.isEmpty else { throw CommandFailure("--schedule is required") }
        do {
            _ = try CronSchedule(parsing: text)
        } catch {
            throw CommandFailure("--schedule: \(error.description)")
        }
        var made = Schedule(name: name, namespace: namespace)
        made.metadata.labels = try KeyValueList.parse(backup.labels, flag: "--labels")
        var template = try backup.specification()
        // Labels of the schedule become those of its backups.
        template["metadata"] = nil
        made.schedule = text
        made.template = template
        made.useOwnerReferencesInBackup = useOwnerReferencesInBackup.isOn
        made.paused = paused.isOn
        made.skipImmediately = skipImmediately?.value
        return made
    }
}
