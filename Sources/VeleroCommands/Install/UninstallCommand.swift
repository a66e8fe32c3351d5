// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Takes Velero out of a cluster: `velero uninstall`.
struct UninstallCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        cluster: "uninstall",
        abstract: "Remove Velero from a cluster; what is in buckets stays.",
        discussion: """
            Removes the namespace with all that is in it, the roles of the whole cluster, and the kinds of Velero unless \
            another installation in the cluster uses them.
            """,
        examples: ["velero uninstall", "velero uninstall --force --wait"]
    )

    @Flag(help: "Do not ask.")
    var force = false

    @Flag(help: "Wait until the namespace is gone.")
    var wait = false

    @OptionGroup(title: "Flags of every command for clusters") var cluster: ClusterOptions

    func execute(in context: CommandContext) async throws {
        let access = ClusterAccess(cluster, in: context)
        let namespace = try await access.namespace()
        guard try force || Confirmation.ask("You are about to uninstall Velero.", in: context) else { return }
        try await access.withClient { client in
            try await Uninstaller(client: client, namespace: namespace, output: context.output).run(waits: wait)
        }
        try context.output.line("Velero uninstalled ⛵")
    }
}

/// A question that must be answered before something is lost.
enum Confirmation {
    /// Asks until the answer is yes or no; no answer is no.
    static func ask(_ warning: String, in context: CommandContext) throws -> Bool {
        try context.output.line(warning)
        for _ in 0..<100 {
            try context.output.write(Array("Are you sure you want to continue (Y/N)? ".utf8))
            guard let answer = try context.input.readLine() else { break }
            switch answer.lowercased() {
            case "y": return true
            case "n": return false
            default: continue
            }
        }
        try context.output.line()
        return false
    }
}
