// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeClient
import KubeModel
import VeleroAPI

/// Which objects a command shows: those named, or all that a selector chooses.
struct ResourceSelection: ParsableArguments {
    @Argument(help: ArgumentHelp("Names; all without one.", valueName: "name"))
    var names: [String] = []

    @Option(
        name: [.customShort("l"), .long],
        help: ArgumentHelp("Only objects with these labels, such as app=nginx.", valueName: "selector")
    )
    var selector: String?

    /// Reads the objects from the cluster, sorted by name; those named in their order.
    ///
    /// - Throws: ``CommandFailure`` for one that is missing, `KubeError`.
    func objects<Resource: VeleroResource>(
        _: Resource.Type,
        namespace: String,
        from client: KubeClient
    ) async throws -> [Resource] {
        guard names.isEmpty else {
            var found: [Resource] = []
            for name in names { found.append(try await client.find(Resource.self, name, in: namespace)) }
            return found
        }
        let options = ListOptions(labels: try Self.labels(selector))
        return try await client.list(Resource.self, namespace: namespace, options: options)
            .sorted { $0.name < $1.name }
    }

    /// - Throws: ``CommandFailure`` for what is no selector.
    static func labels(_ text: String?) throws -> LabelSelector {
        guard let text, !text.isEmpty else { return LabelSelector() }
        do {
            return try LabelSelector(parsing: text)
        } catch {
            throw CommandFailure("--selector: \(error)")
        }
    }
}

/// Which objects a command changes or deletes: exactly one of names, all, or those a selector chooses.
struct ResourceTargets: ParsableArguments {
    @Argument(help: ArgumentHelp("Names.", valueName: "name"))
    var names: [String] = []

    @Option(help: ArgumentHelp("All of them.", valueName: "true|false"))
    var all: TruthWord?

    @Option(
        name: [.customShort("l"), .long],
        help: ArgumentHelp("Those with these labels, such as app=nginx.", valueName: "selector")
    )
    var selector: String?

    /// - Parameter kind: What people call one of them.
    /// - Throws: ``CommandFailure`` unless exactly one way to choose is used, and for one that is missing.
    func objects<Resource: VeleroResource>(
        _: Resource.Type,
        kind: String,
        namespace: String,
        from client: KubeClient
    ) async throws -> [Resource] {
        let ways = [!names.isEmpty, all.isOn, !(selector ?? "").isEmpty]
        guard ways.count(where: { $0 }) == 1 else {
            throw CommandFailure(
                "you must specify exactly one of: specific \(kind) name(s), the --all flag, or the --selector flag"
            )
        }
        var found: [Resource] = []
        for name in names { found.append(try await client.find(Resource.self, name, in: namespace)) }
        guard names.isEmpty else { return found }
        let options = ListOptions(labels: try ResourceSelection.labels(selector))
        return try await client.list(Resource.self, namespace: namespace, options: options)
            .sorted { $0.name < $1.name }
    }
}

extension KubeClient {
    /// Reads an object that must be there.
    ///
    /// - Throws: ``CommandFailure`` if it is not.
    func find<Resource: VeleroResource>(_: Resource.Type, _ name: String, in namespace: String) async throws -> Resource
    {
        guard ObjectName.isSubdomain(name),
            let found = try await get(Resource.self, ObjectKey(namespace: namespace, name: name))
        else {
            throw CommandFailure("\(Resource.resourceType) \"\(PrintableText.name(name))\" not found")
        }
        return found
    }
}
