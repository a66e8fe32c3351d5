// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Settings of the node agents, from the ConfigMap that their command line names.
package struct NodeAgentConfiguration: Sendable, Hashable {
    /// Why the settings cannot be used.
    package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// Volumes moved at once on a node no rule chooses.
    package var globalConcurrency = 1
    /// Rules by the labels of nodes.
    package var perNode: [Rule] = []

    package struct Rule: Sendable, Hashable {
        package let nodes: LabelSelector
        package let concurrency: Int
    }

    /// The settings without a ConfigMap.
    package init() {}

    /// Reads the ConfigMap's only key; settings for data movement by pods of their own are left alone.
    ///
    /// - Throws: ``Failure`` that names the field.
    @inline(never)
    package init(_ map: ConfigMap) throws {
        let data = map.data
        guard data.count == 1, let text = data.values.first else {
            throw Failure(description: "ConfigMap \(map.key) must have exactly one key, and has \(data.count)")
        }
        guard let json = try? JSONText.parse(text), json.object != nil else {
            throw Failure(description: "the value in ConfigMap \(map.key) is no JSON object")
        }
        guard let load = json["loadConcurrency"], !load.isNull else { return }
        if let global = load["globalConfig"] { globalConcurrency = try Self.count(global, "globalConfig") }
        for rule in load["perNodeConfig"]?.array ?? [] {
            let number = try Self.count(rule["number"] ?? .null, "perNodeConfig.number")
            do {
                perNode.append(Rule(nodes: try LabelSelector(rule["nodeSelector"] ?? [:]), concurrency: number))
            } catch {
                throw Failure(description: "loadConcurrency.perNodeConfig.nodeSelector: \(error)")
            }
        }
    }

    private static func count(_ json: JSONValue, _ field: String) throws -> Int {
        guard let number = json.int, (1...1024).contains(number) else {
            throw Failure(description: "loadConcurrency.\(field) must be a whole number from 1 to 1024")
        }
        return number
    }

    /// Volumes moved at once on a node with these labels: the smallest number of the rules that choose it.
    package func concurrency(nodeLabels: [String: String]) -> Int {
        perNode.filter { $0.nodes.matches(nodeLabels) }.map(\.concurrency).min() ?? globalConcurrency
    }
}
