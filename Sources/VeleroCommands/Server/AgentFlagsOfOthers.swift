// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Logging

/// Flags that charts made for Velero pass to its agents and that can mean nothing here; an agent starts with them and logs which.
struct AgentFlagsOfOthers: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Without effect, and logged: the features are about snapshots and the resources of a backup.",
            valueName: "names"
        )
    )
    var features: String?

    @Option(
        help: ArgumentHelp(
            "Without effect, and logged: the agent moves data itself, there is no pod of a data mover to wait for.",
            valueName: "duration"
        )
    )
    var dataMoverPrepareTimeout: String?

    @Option(
        help: ArgumentHelp(
            "Without effect, and logged: its settings are about kopia's repositories.",
            valueName: "name"
        )
    )
    var backupRepositoryConfigmap: String?

    /// The flags that were given.
    var given: [String] {
        [
            ("--features", features), ("--data-mover-prepare-timeout", dataMoverPrepareTimeout),
            ("--backup-repository-configmap", backupRepositoryConfigmap),
        ].filter { $0.1 != nil }.map(\.0)
    }

    /// Tells whoever reads the log.
    func report(to logger: Logger) {
        for flag in given { logger.warning("A flag has no effect here", metadata: ["flag": "\(flag)"]) }
    }
}
