// SPDX-License-Identifier: Apache-2.0

internal import KubeModel

/// The contents of one or more kubeconfig files: clusters, users, and contexts that pair them.
package struct Kubeconfig: Sendable {
    /// An entry and the directory that relative paths in it start from.
    struct Entry: Sendable {
        let value: JSONValue
        let directory: String
    }

    package private(set) var currentContext: String?
    private var contexts: [String: Entry] = [:]
    private var clusters: [String: Entry] = [:]
    private var users: [String: Entry] = [:]

    package init() {}

    /// Adds the contents of a file; what earlier files say wins.
    ///
    /// - Parameter path: Where the file lies.
    /// - Throws: ``KubeError`` with `.configuration`; never quotes the file.
    package mutating func add(_ bytes: [UInt8], path: String) throws {
        let documents: [JSONValue]
        do {
            documents = try YAMLText.parse(bytes)
        } catch {
            throw KubeError(.configuration, "\(path) is no kubeconfig: \(error)", cause: error)
        }
        guard let value = documents.first else { return }
        guard value.object != nil || value.isNull else {
            throw KubeError(.configuration, "\(path) is no kubeconfig: it does not hold members")
        }
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        currentContext = currentContext ?? value.text("current-context")
        Self.add(value["contexts"], "context", to: &contexts, directory)
        Self.add(value["clusters"], "cluster", to: &clusters, directory)
        Self.add(value["users"], "user", to: &users, directory)
    }

    /// The names of all contexts, sorted.
    package var contextNames: [String] { contexts.keys.sorted() }

    private static func add(_ list: JSONValue?, _ member: String, to map: inout [String: Entry], _ directory: String) {
        for entry in list?.array ?? [] {
            guard let name = entry["name"]?.string, map[name] == nil else { continue }
            map[name] = Entry(value: entry[member] ?? [:], directory: directory)
        }
    }

    /// The cluster, user and namespace of a context.
    ///
    /// - Parameter context: Nil for the current one.
    /// - Throws: ``KubeError`` with `.configuration`.
    func resolve(context: String?) throws -> (cluster: Entry, user: Entry?, namespace: String) {
        guard let name = context ?? currentContext else {
            throw KubeError(
                .configuration,
                "kubeconfig: there is no current context; choose one with --kubecontext or kubectl config use-context"
            )
        }
        guard let context = contexts[name] else {
            let known = contextNames.isEmpty ? "there are none" : "known are \(contextNames.joined(separator: ", "))"
            throw KubeError(.configuration, "kubeconfig: there is no context '\(name)'; \(known)")
        }
        let clusterName = context.value["cluster"]?.string ?? ""
        guard let cluster = clusters[clusterName] else {
            throw KubeError(
                .configuration,
                "kubeconfig: context '\(name)' names cluster '\(clusterName)', which is missing"
            )
        }
        let userName = context.value["user"]?.string ?? ""
        let user = users[userName]
        if user == nil, !userName.isEmpty {
            throw KubeError(.configuration, "kubeconfig: context '\(name)' names user '\(userName)', which is missing")
        }
        return (cluster, user, context.value.text("namespace") ?? "default")
    }
}
