// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Logging
import Telemetry

/// The flags of the programs that run inside of a cluster.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Least severe lines to write: \(LogLevelName.accepted.joined(separator: ", ")). (default: info)",
            valueName: "level"
        )
    )
    var logLevel: String?

    @Option(help: ArgumentHelp("How lines are written: text or json. (default: text)", valueName: "format"))
    var logFormat: String?

    @Option(
        help: ArgumentHelp(
            "Where /metrics, /healthz and /readyz are served: [address]:port. (default: :8085)",
            valueName: "address"
        )
    )
    var metricsAddress: String?

    /// The flags, checked.
    struct Settings: Sendable {
        var level: Logger.Level
        var format: LogFormat
        var address: ListenAddress
    }

    /// - Throws: ``CommandFailure`` that names the flag.
    func settings() throws -> Settings {
        let word = logLevel ?? "info"
        guard let level = LogLevelName.level(word) else {
            throw CommandFailure("--log-level: '\(word)' is none of \(LogLevelName.accepted.joined(separator: ", "))")
        }
        let formatWord = logFormat ?? LogFormat.text.rawValue
        guard let format = LogFormat(rawValue: formatWord) else {
            throw CommandFailure("--log-format: '\(formatWord)' is neither text nor json")
        }
        let addressText = metricsAddress ?? ":8085"
        guard let address = ListenAddress(addressText) else {
            throw CommandFailure("--metrics-address: '\(addressText)' is no numeric address with a port, such as :8085")
        }
        return Settings(level: level, format: format, address: address)
    }
}
