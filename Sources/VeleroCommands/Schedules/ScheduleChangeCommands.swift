// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeClient
import KubeModel
import VeleroAPI

/// Deletes schedules; their backups stay: `velero schedule delete`.
struct ScheduleDeleteCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "delete",
        abstract: "Delete schedules; the backups they made stay.",
        examples: ["velero schedule delete daily", "velero delete schedule --all --confirm"]
    )

    @OptionGroup var targets: ResourceTargets

    @Option(help: ArgumentHelp("Do not ask.", valueName: "true|false"))
    var confirm: TruthWord?

    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let namespace = try await access.namespace()
        try await access.withClient { client in
            let schedules = try await targets.objects(
                Schedule.self,
                kind: "schedule",
                namespace: namespace,
                from: client
            )
            guard !schedules.isEmpty else { return try context.output.line("No schedules found") }
            guard try confirm.isOn || Confirmation.ask("", in: context) else { return }
            for schedule in schedules {
                try await client.delete(Schedule.resourceType, schedule.key)
                try context.output.line("Schedule deleted: \(schedule.name)")
            }
        }
    }
}

/// Has schedules make no backups for now: `velero schedule pause`.
struct SchedulePauseCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "pause",
        abstract: "Have schedules make no backups for now.",
        examples: ["velero schedule pause daily", "velero schedule pause --all"]
    )

    @OptionGroup var targets: ResourceTargets

    @Option(help: ArgumentHelp("Whether the first backup afterwards waits for its time.", valueName: "true|false"))
    var skipImmediately: TruthWord?

    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        try await SchedulePause(isPaused: true, targets: targets, skips: skipImmediately?.value).run(cluster, context)
    }
}

/// Has paused schedules go on: `velero schedule unpause`.
struct ScheduleUnpauseCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "unpause",
        abstract: "Have paused schedules go on.",
        examples: ["velero schedule unpause daily", "velero schedule unpause daily --skip-immediately"]
    )

    @OptionGroup var targets: ResourceTargets

    @Option(help: ArgumentHelp("Whether the first backup waits for its time.", valueName: "true|false"))
    var skipImmediately: TruthWord?

    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        try await SchedulePause(isPaused: false, targets: targets, skips: skipImmediately?.value).run(cluster, context)
    }
}

/// What both commands do.
private struct SchedulePause {
    let isPaused: Bool
    let targets: ResourceTargets
    let skips: Bool?

    func run(_ cluster: ClusterOptions, _ context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let namespace = try await access.namespace()
        let word = isPaused ? "paused" : "unpaused"
        try await access.withClient { client in
            let schedules = try await targets.objects(
                Schedule.self,
                kind: "schedule",
                namespace: namespace,
                from: client
            )
            guard !schedules.isEmpty else { return try context.output.line("No schedules found") }
            for old in schedules {
                guard (old.paused ?? false) != isPaused else {
                    let state = isPaused ? "already paused" : "not paused"
                    try context.output.line("Schedule \(old.name) is \(state), skip")
                    continue
                }
                var schedule = old
                schedule.paused = isPaused
                if let skips { schedule.skipImmediately = skips }
                _ = try await client.update(from: old, to: schedule)
                try context.output.line("Schedule \(old.name) \(word) successfully")
            }
        }
    }
}
