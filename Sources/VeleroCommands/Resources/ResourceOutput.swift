// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KubeModel
import VeleroAPI

/// How objects are printed.
struct ResourceOutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("How objects are printed: table, json, yaml or name.", valueName: "format")
    )
    var output: String?

    @Option(help: ArgumentHelp("Show labels in the last column.", valueName: "true|false"))
    var showLabels: TruthWord?

    @Option(
        name: [.customShort("L"), .long],
        help: ArgumentHelp("Labels shown in columns of their own, separated by commas.", valueName: "names")
    )
    var labelColumns: String?

    enum Format: String, Sendable { case table, json, yaml, name }

    /// - Throws: ``CommandFailure`` for an unknown word; nil for none.
    func format() throws -> Format? {
        guard let output, !output.isEmpty else { return nil }
        guard let format = Format(rawValue: output) else {
            throw CommandFailure(
                "invalid output format \"\(output)\" - valid values are 'table', 'json', 'yaml' and 'name'"
            )
        }
        return format
    }
}

/// How the objects of one kind are shown.
struct ResourceView<Resource: VeleroResource> {
    let titles: [String]
    let row: (Resource, KubeTime) -> [String]
}

extension ResourceOutputOptions {
    /// Prints objects; whole ones without what only the server needs.
    func print<Resource: VeleroResource>(
        _ resources: [Resource],
        as view: ResourceView<Resource>,
        now: KubeTime,
        to output: any CommandOutput
    ) throws {
        let objects = resources.map { resource in
            var object = resource.object
            object.apiVersion = Resource.resourceType.apiVersion
            object.kind = Resource.resourceType.kind
            object.metadata.fields["managedFields"] = nil
            return object
        }
        switch try format() ?? .table {
        case .table: for line in table(resources, view, now).lines { try output.line(line) }
        case .name:
            for object in objects { try output.line("\(Resource.resourceType)/\(object.metadata.name ?? "")") }
        case .json: try output.write(IndentedJSON.text(KubeModel.JSONText.bytes(of: Self.value(objects))) + [0x0A])
        case .yaml: try output.write(Array(ManifestText.text(of: Self.value(objects)).utf8))
        }
    }

    /// One object alone stands for itself.
    private static func value(_ objects: [KubeObject]) -> JSONValue {
        if objects.count == 1, let object = objects.first { return object.json }
        return ["apiVersion": "v1", "kind": "List", "items": .array(objects.map(\.json))]
    }

    private func table<Resource: VeleroResource>(
        _ resources: [Resource],
        _ view: ResourceView<Resource>,
        _ now: KubeTime
    ) -> ResourceTable {
        let columns = (labelColumns ?? "").split(separator: ",").map(String.init)
        let titles = columns.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        var table = ResourceTable(view.titles + titles + (showLabels.isOn ? ["labels"] : []))
        for resource in resources {
            let labels = resource.metadata.labels
            var cells = view.row(resource, now) + columns.map { labels[$0] ?? "<none>" }
            if showLabels.isOn {
                let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                cells.append(pairs.isEmpty ? "<none>" : pairs.joined(separator: ","))
            }
            table.append(cells)
        }
        return table
    }
}
