// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeClient
import KubeModel
import VeleroAPI

/// Reads the resource policy a backup names.
struct PolicySource: Sendable {
    let client: KubeClient
    /// Velero's, where policies are.
    let namespace: String

    /// - Returns: Nil if the backup names none.
    /// - Throws: ``PolicyProblem`` for what a person must set right, `KubeError` when the API server does not answer.
    func policy(of backup: Backup) async throws -> ResourcePolicy? {
        guard let kind = backup.resourcePolicyKind, kind.lowercased() == "configmap" else { return nil }
        let name = backup.resourcePolicyName ?? ""
        let place = "\(namespace)/\(name)"
        guard ObjectName.isSubdomain(name),
            let map = try await client.get(ConfigMap.self, ObjectKey(namespace: namespace, name: name))
        else { throw PolicyProblem("failed to get resource policies \(place) configmap: it does not exist") }
        let data = map.data
        guard data.count == 1, let text = data.values.first else {
            throw PolicyProblem(
                "illegal resource policies \(place) configmap: it must have exactly one key, and has \(data.count)"
            )
        }
        return try Self.parse(text, place)
    }

    @inline(never)
    private static func parse(_ text: String, _ place: String) throws -> ResourcePolicy {
        do {
            let documents = try YAMLText.parse(Array(text.utf8))
            guard let document = documents.first, documents.count == 1 else {
                throw PolicyProblem("it is not one document")
            }
            return try ResourcePolicy(document)
        } catch {
            throw PolicyProblem("fail to validate resource policies \(place): \(error)")
        }
    }
}

/// A resource policy that cannot be had.
struct PolicyProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
