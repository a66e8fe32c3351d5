// SPDX-License-Identifier: Apache-2.0

internal import KubeModel

/// One rule of a resource policy: what is done with volumes that meet all its conditions.
package struct VolumePolicy: Sendable, Hashable {
    package enum Action: String, Sendable, CaseIterable {
        case skip
        case snapshot
        case filesystemBackup = "fs-backup"
        case custom
    }

    package let action: Action
    private let conditions: [Condition]

    private enum Condition: Sendable, Hashable {
        case capacity(from: Quantity?, to: Quantity?)
        case storageClass([String])
        case nfs(server: String?, path: String?)
        case csi(driver: String?, attributes: [String: String])
        case kinds([String])
        case claimLabels([String: String])
        case claimPhase([String])
    }

    package func matches(_ volume: VolumeFacts) -> Bool { conditions.allSatisfy { Self.holds($0, volume) } }

    private static func holds(_ condition: Condition, _ volume: VolumeFacts) -> Bool {
        switch condition {
        case .capacity(let from, let to):
            guard let capacity = volume.capacity else { return false }
            return from.map { $0 <= capacity } ?? true && to.map { capacity <= $0 } ?? true
        case .storageClass(let names): return names.contains(volume.storageClass)
        case .nfs(let server, let path):
            guard volume.kind == "nfs" else { return false }
            return [("server", server), ("path", path)].allSatisfy { name, wanted in
                wanted == nil || volume.source[name]?.string == wanted
            }
        case .csi(let driver, let attributes):
            guard volume.kind == "csi", driver == nil || volume.source["driver"]?.string == driver else { return false }
            let given = volume.source["volumeAttributes"]?.stringMap ?? [:]
            return attributes.allSatisfy { given[$0.key] == $0.value }
        case .kinds(let names):
            return names.contains { $0.lowercased() == volume.kind.lowercased() }
        case .claimLabels(let labels): return labels.allSatisfy { volume.claimLabels[$0.key] == $0.value }
        case .claimPhase(let phases): return phases.contains(volume.claimPhase)
        }
    }

    // MARK: Reading

    /// - Throws: ``PolicyError`` for what it does not understand.
    init(_ rule: JSONValue) throws {
        try PolicyError.check(rule, has: ["conditions", "action"], in: "volumePolicies")
        let action = rule["action"] ?? .null
        try PolicyError.check(action, has: ["type", "parameters"], in: "action")
        guard let type = action["type"]?.string.flatMap(Action.init(rawValue:)) else {
            throw PolicyError("action.type is none of skip, snapshot, fs-backup and custom")
        }
        self.action = type
        conditions = try (rule["conditions"]?.object ?? JSONObject()).map { try Self.condition($0, $1) }
    }

    private static func condition(_ name: String, _ value: JSONValue) throws -> Condition {
        switch name {
        case "capacity": return try capacity(value)
        case "storageClass": return .storageClass(try strings(value, name))
        case "nfs":
            try PolicyError.check(value, has: ["server", "path"], in: name)
            return .nfs(server: text(value["server"]), path: text(value["path"]))
        case "csi":
            try PolicyError.check(value, has: ["driver", "volumeAttributes"], in: name)
            return .csi(driver: text(value["driver"]), attributes: value["volumeAttributes"]?.stringMap ?? [:])
        case "volumeTypes": return .kinds(try strings(value, name))
        case "pvcLabels":
            guard let labels = value.stringMap else { throw PolicyError("pvcLabels is no map of texts") }
            return .claimLabels(labels)
        case "pvcPhase": return .claimPhase(try strings(value, name))
        default: throw PolicyError("there is no condition \(name)")
        }
    }

    /// `low,high`, either of which may be missing.
    private static func capacity(_ value: JSONValue) throws -> Condition {
        let parts = (value.string ?? "").split(separator: ",", omittingEmptySubsequences: false).map {
            String($0.filter { $0 != " " })
        }
        guard parts.count == 2 else { throw PolicyError("capacity is written as 'low,high'") }
        let bounds = try parts.map { part -> Quantity? in
            guard !part.isEmpty else { return nil }
            guard let amount = Quantity(parsing: part) else { throw PolicyError("capacity: '\(part)' is no amount") }
            return amount
        }
        if let low = bounds[0], let high = bounds[1], low > high {
            throw PolicyError("capacity: \(parts[0]) is more than \(parts[1])")
        }
        return .capacity(from: bounds[0], to: bounds[1])
    }

    private static func strings(_ value: JSONValue, _ name: String) throws -> [String] {
        guard let strings = value.strings, strings.count == value.array?.count else {
            throw PolicyError("\(name) is no list of texts")
        }
        return strings
    }

    private static func text(_ value: JSONValue?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }
}
