// SPDX-License-Identifier: Apache-2.0

import KubeClient
import VeleroAPI

/// The system's time zones, each read once.
final class TimeZones: Sendable {
    /// Reads a file; nil if there is none.
    typealias FileReader = @Sendable (String) async throws -> [UInt8]?

    private let known = Remembered<[String: TimeZoneRules]>(["UTC": .utc])
    private let readFile: FileReader
    private static let directory = "/usr/share/zoneinfo/"

    init(readFile: @escaping FileReader = ConfigurationEnvironment.fileReader()) { self.readFile = readFile }

    /// The rules of a zone; nil if the system knows none of that name.
    func rules(_ name: String) async throws -> TimeZoneRules? {
        if let rules = known.value[name] { return rules }
        guard CronSchedule.isZoneName(name), let bytes = try await readFile(Self.directory + name),
            let rules = TimeZoneRules(bytes)
        else { return nil }
        known.update { $0[name] = rules }
        return rules
    }
}
