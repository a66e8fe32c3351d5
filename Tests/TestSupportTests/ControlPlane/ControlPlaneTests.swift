// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.controlPlane, .tags(.integration, .slow), .timeLimit(.minutes(5)), .serialized)
struct ControlPlaneTests {
    private func create(_ name: String, _ plane: ControlPlane) async throws {
        try await plane.kubectl(["create", "configmap", name, "--from-literal=a=b"])
    }

    /// The HTTP status of a request with that token.
    private func status(token: String, _ plane: ControlPlane) throws -> String {
        let output = try requireProgram("curl").run([
            "-s", "--noproxy", "*", "--cacert", plane.certificateAuthority, "-o", "/dev/null", "-w", "%{http_code}",
            "-H", "Authorization: Bearer \(token)", plane.server + "/api/v1/namespaces/default",
        ])
        return String(decoding: output, as: UTF8.self)
    }

    @Test func `objects outlive an API server that was killed or stopped`() async throws {
        let plane = try ControlPlane.required()
        try await create("kept", plane)
        await plane.killAPIServer()
        await #expect(throws: (any Error).self) { try await plane.kubectl(["get", "configmap", "kept"]) }
        try await plane.startAPIServer()
        #expect(try await plane.kubectl(["get", "configmap", "kept", "-o", "jsonpath={.data.a}"]) == "b")
        await plane.stopAPIServer()
        try await plane.startAPIServer()
        #expect(try await plane.kubectl(["get", "configmap", "kept", "-o", "jsonpath={.data.a}"]) == "b")
    }

    @Test func `a compacted store forgets old revisions`() async throws {
        let plane = try ControlPlane.required()
        for name in ["one", "two", "three"] { try await create(name, plane) }
        let path = "/api/v1/namespaces/default/configmaps?limit=1"
        let page = try await plane.kubectl(["get", "--raw", path])
        let list = try JSONSerialization.jsonObject(with: Data(page.utf8)) as? [String: Any]
        let token = try #require((list?["metadata"] as? [String: Any])?["continue"] as? String)
        try await plane.kubectl(["get", "--raw", "\(path)&continue=\(token)"])
        try await create("four", plane)
        try await plane.compactStore()
        let failure = await #expect(throws: ExternalProgram.Failure.self) {
            try await plane.kubectl(["get", "--raw", "\(path)&continue=\(token)"])
        }
        #expect(failure?.description.contains("too old") == true, "\(failure?.description ?? "")")
    }

    @Test func `tokens can be given and taken away`() async throws {
        let plane = try ControlPlane.required()
        #expect(try status(token: plane.adminToken, plane) == "200")
        #expect(try status(token: "other", plane) == "401")
        try plane.setTokens([
            .init(value: "other", user: "jane"), .init(value: "root", user: "root", groups: ["system:masters"]),
        ])
        await plane.stopAPIServer()
        try await plane.startAPIServer()
        #expect(try status(token: plane.adminToken, plane) == "401")
        #expect(try status(token: "other", plane) == "403")
        #expect(try status(token: "root", plane) == "200")
    }
}
