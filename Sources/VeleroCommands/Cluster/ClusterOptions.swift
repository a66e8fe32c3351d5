// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The flags of every command that talks to a cluster, named as Velero's.
struct ClusterOptions: ParsableArguments {
    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp(
            "Namespace Velero is installed in. (default: velero) [env: VELERO_NAMESPACE]",
            valueName: "name"
        )
    )
    var namespace: String?

    @Option(
        help: ArgumentHelp(
            "How to reach the cluster; without one the pod's own service account. [env: KUBECONFIG]",
            valueName: "file"
        )
    )
    var kubeconfig: String?

    @Option(help: ArgumentHelp("Context of the kubeconfig instead of its current one.", valueName: "name"))
    var kubecontext: String?
}

extension ClusterOptions {
    /// The flags that may stand before the command.
    static let hoistedFlags: [ArgumentHoisting.GlobalFlag] = [
        .init("namespace", short: "n", takesValue: true),
        .init("kubeconfig", takesValue: true),
        .init("kubecontext", takesValue: true),
    ]
}

/// A command that talks to a cluster.
protocol ClusterCommand: ExecutableCommand {
    var cluster: ClusterOptions { get }
}

extension CommandConfiguration {
    /// The configuration of a command that talks to a cluster: what it does, what else to know, and how it is used.
    init(
        cluster name: String,
        abstract: String,
        discussion: String = "",
        examples: [String],
        shouldDisplay: Bool = true
    ) {
        let list = examples.map { "  " + $0 }.joined(separator: "\n")
        let title = examples.count == 1 ? "Example:" : "Examples:"
        self.init(
            commandName: name,
            abstract: abstract,
            discussion: [discussion, title + "\n" + list].filter { !$0.isEmpty }.joined(separator: "\n\n"),
            shouldDisplay: shouldDisplay
        )
    }
}
