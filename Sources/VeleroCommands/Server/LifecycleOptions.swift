// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackupControllers
import VeleroAPI

/// The server's flags about locations, schedules and the life of backups.
struct LifecycleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Pause between two looks whether a location can be used; 0 for one look. (default: 1m)",
            valueName: "duration"
        )
    )
    var storeValidationFrequency: String?

    @Option(
        help: ArgumentHelp(
            "Pause between two looks for backups in a location's bucket; 0 for never. (default: 1m)",
            valueName: "duration"
        )
    )
    var backupSyncPeriod: String?

    @Option(
        help: ArgumentHelp(
            "Pause between two tries to delete a backup whose time is over. (default: 1h)",
            valueName: "duration"
        )
    )
    var garbageCollectionFrequency: String?

    @Option(
        help: ArgumentHelp(
            "Whether new schedules wait for their time before the first backup. (default: false)",
            valueName: "true|false"
        )
    )
    var scheduleSkipImmediately: String?

    /// - Throws: ``CommandFailure`` that names the flag.
    func apply(to settings: inout ControllerSettings, in context: CommandContext) throws {
        if let value = try Self.duration(storeValidationFrequency, "--store-validation-frequency") {
            settings.locationCheckInterval = value
        }
        if let value = try Self.duration(backupSyncPeriod, "--backup-sync-period") { settings.syncInterval = value }
        if let value = try Self.duration(garbageCollectionFrequency, "--garbage-collection-frequency"), value > .zero {
            settings.collectionInterval = value
        }
        if let word = scheduleSkipImmediately {
            guard let value = TruthWord.value(word) else {
                throw CommandFailure("--schedule-skip-immediately: '\(word)' is neither true nor false")
            }
            settings.schedulesSkipImmediately = value
        }
        if let zone = context.variable("TZ"), CronSchedule.isZoneName(zone) { settings.zoneName = zone }
        settings.version = "v" + ProgramVersion.number
    }

    private static func duration(_ text: String?, _ flag: String) throws -> Duration? {
        guard let text else { return nil }
        guard let duration = GoDuration(parsing: text), duration.nanoseconds >= 0 else {
            throw CommandFailure("\(flag): '\(text)' is no duration such as 10m")
        }
        return duration.duration
    }
}
