// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// What went wrong in a backup, as `<name>-results.gz` tells it.
package struct BackupResults: Sendable, Hashable {
    /// How bad it is.
    package enum Severity: Sendable {
        case warning, error
    }

    /// One thing that went wrong.
    package struct Entry: Sendable, Hashable {
        package var message: String
        /// `resource.group` of the object it is about.
        package var resource: String?
        package var namespace: String?
        package var name: String?
        /// The reason.
        package var error: String?

        package init(
            _ message: String,
            resource: String? = nil,
            namespace: String? = nil,
            name: String? = nil,
            error: String? = nil
        ) {
            self.message = message
            self.resource = resource
            self.namespace = namespace
            self.name = name
            self.error = error
        }

        /// The line people read.
        package var text: String {
            [("resource", resource), ("name", name), ("message", message), ("error", error)].map { title, value in
                value.map { " \(title): /\($0)" } ?? ""
            }.joined()
        }
    }

    private struct Side: Sendable, Hashable {
        var count = 0
        var general: [String] = []
        var namespaces: [String: [String]] = [:]

        var json: JSONValue {
            var json: JSONValue = [:]
            if !general.isEmpty { json["velero"] = .array(general) }
            if !namespaces.isEmpty {
                json["namespaces"] = .object(
                    JSONObject(namespaces.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value)) })
                )
            }
            return json
        }
    }

    private var warnings = Side()
    private var errors = Side()

    /// Entries of each severity that are kept; more are only counted.
    private static let keptCount = 5000

    package init() {}

    package mutating func note(_ severity: Severity, _ entry: Entry) {
        switch severity {
        case .warning: Self.note(entry, in: &warnings)
        case .error: Self.note(entry, in: &errors)
        }
    }

    private static func note(_ entry: Entry, in side: inout Side) {
        side.count += 1
        guard side.count <= keptCount else { return }
        if let namespace = entry.namespace, !namespace.isEmpty {
            side.namespaces[namespace, default: []].append(entry.text)
        } else {
            side.general.append(entry.text)
        }
    }

    package var warningCount: Int { warnings.count }
    package var errorCount: Int { errors.count }

    package var json: JSONValue { ["warnings": warnings.json, "errors": errors.json] }
}
