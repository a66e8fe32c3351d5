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
    /// A program under the account that an installation gives it.
    private func start(
        _ words: String,
        as account: String,
        _ bench: Workbench,
        _ plane: ControlPlane
    ) throws -> RunningProgram {
        let kubeconfig = "\(bench.root)/kubeconfig"
        let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: plane.kubeconfig)), as: UTF8.self)
        let user = "  user:\n    as: system:serviceaccount:velero:\(account)\n"
        let changed = text.replacingOccurrences(of: "  user:\n", with: user)
        #expect(changed != text)
        try Data(changed.utf8).write(to: URL(fileURLWithPath: kubeconfig))
        try FileManager.default.createDirectory(atPath: bench.root + "/pods", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: bench.root + "/log"))
        return try RunningProgram(
            "/bin/sh",
            ["-c", "exec \"$0\" \(words) --metrics-address 127.0.0.1:0 --log-format json >log", bench.velero.path],
            environment: ["KUBECONFIG": kubeconfig, "NODE_NAME": "n1", "VELERO_NAMESPACE": "velero"],
            directory: bench.root
        )
    }

    @Test func `an agent works under its account, tells when it is ready, and ends in order`() async throws {
        let plane = try ControlPlane.required()
        let bench = try Workbench()
        try install(bench, plane)
        let words =
            "node-agent server --pods-directory pods --data-mover-prepare-timeout 30m --features=EnableCSI "
            + "--backup-repository-configmap=repositories"
        let program = try start(words, as: "velero-node-agent", bench, plane)
        let log = bench.root + "/log"
        let port = try await lines(log, until: "Serving metrics and health", program)["port"]
        let base = "http://127.0.0.1:\(try #require(port))"
        try await ready(base, program)
        let metrics = try await get("\(base)/metrics").text
        #expect(metrics.contains("velero_build_info{version=\"\(ProgramVersion.number)\"} 1"))
        #expect(metrics.contains("process_resident_memory_bytes "))
        #expect(metrics.contains("podVolume_pod_volume_backup_enqueue_count{node=\"n1\"} 0"))
        #expect(try await get("\(base)/healthz").status == 200)
        program.signal(SIGTERM)
        #expect(program.wait() == 0)
        let text = try expectOrderlyLog(log)
        for flag in ["--data-mover-prepare-timeout", "--features", "--backup-repository-configmap"] {
            #expect(text.contains("\"flag\":\"\(flag)\""))
        }
    }

    @Test func `a server leads under its account, and gives the lease back`() async throws {
        let plane = try ControlPlane.required()
        let bench = try Workbench()
        try install(bench, plane)
        let program = try start("server", as: "velero", bench, plane)
        let log = bench.root + "/log"
        let port = try await lines(log, until: "Serving metrics and health", program)["port"]
        _ = try await lines(log, until: "This server leads", program)
        let base = "http://127.0.0.1:\(try #require(port))"
        try await ready(base, program)
        #expect(try await get("\(base)/metrics").text.contains("velero_server_leader 1"))
        func holder() async throws -> String {
            try await plane.kubectl(["get", "-n", "velero", "lease/velero", "-o", "jsonpath={.spec.holderIdentity}"])
        }
        #expect(try await !holder().isEmpty)
        program.signal(SIGTERM)
        #expect(program.wait() == 0)
        #expect(try await holder().isEmpty)
        _ = try expectOrderlyLog(log)
    }

    /// Every line is JSON, nothing was forbidden, and the end is told.
    private func expectOrderlyLog(_ path: String) throws -> String {
        let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        for line in text.split(separator: "\n") { _ = try KubeModel.JSONText.parse(Array(line.utf8)) }
        #expect(!text.contains("forbidden"), "\(text)")
        #expect(text.contains("\"msg\":\"Stopped\""))
        return text
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

    private func install(_ bench: Workbench, _ plane: ControlPlane) throws {
        let keys = bench.root + "/keys"
        try Data("x".utf8).write(to: URL(fileURLWithPath: keys))
        try bench.velero.run(
            [
                "install", "--provider", "aws", "--bucket", "b", "--secret-file", keys, "--backup-location-config",
                "region=us-east-1", "--use-node-agent",
            ],
            environment: ["KUBECONFIG": plane.kubeconfig]
        )
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
