// SPDX-License-Identifier: Apache-2.0

internal import KubeModel

extension KubeClient {
    private static let aggregated =
        ["v2", "v2beta1"].map { "application/json;g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList" }
        .joined(separator: ",") + ",application/json"

    /// Asks what the server serves: in two requests where it offers that, else in one for each version of each group.
    ///
    /// A group whose server is down is reported as stale and does not stop the others.
    package func discover() async throws -> Discovery {
        let core = try await discoverGroups(path: "/api")
        let named = try await discoverGroups(path: "/apis")
        return Discovery(groups: core + named)
    }

    /// The server's version, such as `v1.20.2`.
    package func serverVersion() async throws -> String {
        let value = try await send(KubeRequest(.get, path: "/version", purpose: "read the server's version"))
        return value.text("gitVersion") ?? ""
    }

    private func discoverGroups(path: String) async throws -> [Discovery.Group] {
        var request = KubeRequest(.get, path: path, purpose: "discover \(path)")
        request.accept = Self.aggregated
        let value = try await send(request)
        if let groups = Discovery.groups(aggregated: value) { return groups }
        let list: [(group: String, versions: [String])]
        if path == "/api" {
            list = [("", value["versions"]?.strings ?? [])]
        } else {
            list = Discovery.versions(classic: value)
        }
        var groups: [Discovery.Group] = []
        for (group, versions) in list {
            var described: [Discovery.Version] = []
            for version in versions { described.append(try await discoverVersion(group, version)) }
            groups.append(Discovery.Group(name: group, versions: described))
        }
        return groups
    }

    private func discoverVersion(_ group: String, _ version: String) async throws -> Discovery.Version {
        let apiVersion = GroupVersionKind(group: group, version: version, kind: "").apiVersion
        let request = KubeRequest(
            .get,
            path: group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)",
            purpose: "discover \(apiVersion)"
        )
        do {
            let value = try await send(request)
            let resources = Discovery.resources(classic: value, group: group, version: version)
            return Discovery.Version(name: version, resources: resources, isStale: false)
        } catch let error as KubeError {
            guard error.status != nil else { throw error }
            return Discovery.Version(name: version, resources: [], isStale: true)
        }
    }
}
