// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import KubeModel
import TestSupport
import Testing

@testable import VeleroCommands

/// The built program as agent of a node, against a real API server.
@Suite(.controlPlane, .tags(.integration, .slow), .timeLimit(.minutes(3)), .serialized)
struct ServerProcessTests {
    @Test func `an agent serves metrics, tells when it is ready, and ends in order`() async throws {
        let plane = try ControlPlane.required()
        let bench = try Workbench()
        let velero = try agentNamespace(bench, plane)
        let pods = bench.root + "/pods"
        try FileManager.default.createDirectory(atPath: pods, withIntermediateDirectories: true)
        let log = bench.root + "/log"
        try Data().write(to: URL(fileURLWithPath: log))
        let program = try RunningProgram(
            "/bin/sh",
            [
                "-c",
                "exec \"$0\" node-agent server --metrics-address 127.0.0.1:0 --log-format json "
                    + "--pods-directory \"$1\" --data-mover-prepare-timeout 30m >\"$2\"", velero, pods, log,
            ],
            environment: ["KUBECONFIG": plane.kubeconfig, "NODE_NAME": "n1", "VELERO_NAMESPACE": "velero"]
        )
        let port = try await lines(log, until: "Serving metrics and health", program)["port"]
        _ = try await lines(log, until: "The node agent runs", program)
        let base = "http://127.0.0.1:\(try #require(port))"
        try await ready(base, program)
        let metrics = try await get("\(base)/metrics").text
        #expect(metrics.contains("velero_build_info{version=\"\(ProgramVersion.number)\"} 1"))
        #expect(metrics.contains("process_resident_memory_bytes "))
        #expect(try await get("\(base)/healthz").status == 200)
        program.signal(SIGTERM)
        #expect(program.wait() == 0)
        let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: log)), as: UTF8.self)
        #expect(text.contains("\"flag\":\"--data-mover-prepare-timeout\""))
        #expect(text.contains("\"msg\":\"Stopped\""))
        for line in text.split(separator: "\n") { _ = try KubeModel.JSONText.parse(Array(line.utf8)) }
    }

    @Test func `without kinds, node or cluster the reason is the last line, and the exit code 1`() async throws {
        let bench = try Workbench()
        let nameless = try bench.velero.attempt(["node-agent", "server"])
        #expect(nameless.status == 1)
        #expect(nameless.standardError.contains("NODE_NAME is not set"))
        let lost = try bench.velero.attempt(
            ["restic", "server", "--metrics-address", "127.0.0.1:0", "--kubeconfig", "/nonexistent"],
            environment: ["NODE_NAME": "n"]
        )
        #expect(lost.status == 1)
        let text = String(decoding: lost.standardOutput, as: UTF8.self)
        #expect(text.contains("level=fatal"))
        #expect(text.contains("there is no kubeconfig /nonexistent"))
        let loud = try bench.velero.attempt(
            ["node-agent", "server", "--log-level", "loud"],
            environment: ["NODE_NAME": "n"]
        )
        #expect(loud.standardError.hasPrefix("An error occurred: --log-level: 'loud' is none of"))
    }

    /// Velero's kinds and namespace, and the program.
    private func agentNamespace(_ bench: Workbench, _ plane: ControlPlane) throws -> String {
        let keys = bench.root + "/keys"
        try Data("x".utf8).write(to: URL(fileURLWithPath: keys))
        try bench.velero.run(
            [
                "install", "--provider", "aws", "--bucket", "b", "--secret-file", keys, "--backup-location-config",
                "region=us-east-1",
            ],
            environment: ["KUBECONFIG": plane.kubeconfig]
        )
        return bench.velero.path
    }

    /// Fields of the first line with that message.
    private func lines(
        _ path: String,
        until message: String,
        _ program: RunningProgram
    ) async throws -> [String: String] {
        while true {
            let isRunning = program.isRunning
            let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
            for line in text.split(separator: "\n") {
                guard let json = try? KubeModel.JSONText.parse(Array(line.utf8)), json["msg"]?.string == message else {
                    continue
                }
                return json.stringMap ?? [:]
            }
            guard isRunning else { throw ExternalProgram.Failure(description: "it ended: \(text)") }
            await Task.yield()
        }
    }

    private func ready(_ base: String, _ program: RunningProgram) async throws {
        while try await get("\(base)/readyz").status != 200 {
            guard program.isRunning else { throw ExternalProgram.Failure(description: "it ended") }
        }
    }

    private func get(_ url: String) async throws -> (status: Int, text: String) {
        try await CurlHTTPClient.withClient { client in
            try await client.execute(HTTPRequest(method: "GET", url: url)) { head, body in
                var bytes: [UInt8] = []
                for try await piece in body { bytes += piece }
                return (head.status, String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
