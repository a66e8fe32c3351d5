// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeModel
import Testing

@testable import VeleroCommands

/// `daemonset/README.md` against what the node agent's objects ask for.
@Suite struct PrivilegeReasonsTests {
    private let objects: [KubeObject]
    private let readme: String

    init() throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        readme = try String(
            decoding: Data(contentsOf: root.appendingPathComponent("daemonset/README.md")),
            as: UTF8.self
        )
        objects = InstallObjects(InstallManifests.settings).nodeAgentObjects
    }

    /// First cells of the rows of the table behind a heading, without the backquotes.
    private func firstCells(_ heading: String) throws -> [String] {
        let start = try #require(readme.firstRange(of: "## \(heading)\n")).upperBound
        let section = readme[start...].prefix(
            upTo: readme[start...].firstRange(of: "\n## ")?.lowerBound ?? readme.endIndex
        )
        return section.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap { row in
            row.split(separator: "`").dropFirst().first.map(String.init)
        }
    }

    private func container() throws -> JSONValue {
        let daemonSet = try #require(objects.first { $0.kind == "DaemonSet" })
        return try #require(daemonSet["spec", "template", "spec", "containers"]?.array?.first)
    }

    @Test func `every capability has its reason, and no other is listed`() throws {
        let added = try container()[["securityContext", "capabilities", "add"]]?.array?.compactMap(\.string) ?? []
        #expect(try firstCells("Root and capabilities").sorted() == added.sorted())
    }

    @Test func `every mount has its reason, and no other is listed`() throws {
        let paths = try container()["volumeMounts"]?.array?.compactMap { $0["mountPath"]?.string } ?? []
        #expect(try firstCells("Mounts").sorted() == paths.sorted())
    }

    @Test func `every kind of object an agent may touch is named with its verb`() throws {
        let start = try #require(readme.firstRange(of: "## Account")).upperBound
        let lines = readme[start...].lowercased().split(separator: "\n").filter { $0.hasPrefix("| ") }
        let roles = objects.filter { $0.kind == "Role" || $0.kind == "ClusterRole" }
        #expect(roles.count == 2)
        for rule in roles.flatMap({ $0["rules"]?.array ?? [] }) {
            let verbs = rule["verbs"]?.array?.compactMap(\.string) ?? []
            for resource in rule["resources"]?.array?.compactMap(\.string) ?? [] {
                let line = try #require(lines.first { $0.contains(resource) }, "\(resource) has no reason")
                if verbs.contains("create") { #expect(line.contains("create"), "\(resource)") }
                if verbs.contains("patch") { #expect(line.contains("change"), "\(resource)") }
            }
        }
    }

    @Test func `what the page says of the whole pod is so`() throws {
        let daemonSet = try #require(objects.first { $0.kind == "DaemonSet" })
        let pod = try #require(daemonSet["spec", "template", "spec"])
        for name in ["hostNetwork", "hostPID", "hostIPC"] { #expect(pod[name] == nil, "\(name)") }
        #expect(pod[["securityContext", "seccompProfile", "type"]] == "RuntimeDefault")
        #expect(pod[["securityContext", "runAsUser"]] == 0)
        let context = try #require(try container()["securityContext"])
        #expect(context["privileged"] == false && context["allowPrivilegeEscalation"] == false)
        #expect(context["readOnlyRootFilesystem"] == true && context[["capabilities", "drop"]] == ["ALL"])
        #expect(pod["terminationGracePeriodSeconds"] == 60 && readme.contains("60 seconds to stop"))
    }
}
