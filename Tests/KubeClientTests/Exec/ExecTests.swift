// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import HTTPTransport
import KubeModel
import TestSupport
import Testing

@testable import KubeClient

@Suite("Commands in containers", .timeLimit(.minutes(1)))
struct ExecTests {
    typealias Answer = ScriptedHTTPClient.Answer

    private func message(_ channel: UInt8, _ text: String) -> WebSocketFrame {
        WebSocketFrame(kind: .binary, payload: [channel] + Array(text.utf8))
    }

    /// Runs a command against a server that agrees and then sends `frames`.
    private func exec(_ frames: [WebSocketFrame]) async throws -> (code: Int, output: [String], requests: [HTTPRequest])
    {
        let bytes = frames.flatMap(WebSocketFrameTests.server)
        let http = ScriptedHTTPClient { request, _ in
            let key = request.headerValue("Sec-WebSocket-Key") ?? ""
            let accept = Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
            var answer = Answer(101)
            answer.headers = [
                ("Upgrade", "websocket"), ("Sec-WebSocket-Accept", accept),
                ("Sec-WebSocket-Protocol", "v4.channel.k8s.io"),
            ]
            answer.body = .pieces(
                stride(from: 0, to: bytes.count, by: 7).map { Array(bytes[$0..<min($0 + 7, bytes.count)]) }
            )
            return answer
        }
        let client = KubeClient(ClusterConfiguration(server: "https://k"), http: http)
        var output: [String] = []
        let code = try await client.exec(
            in: ObjectKey(namespace: "n", name: "p"),
            container: "main",
            command: ["sh", "-c", "a & b"],
            timeout: .seconds(30)
        ) { stream, bytes in
            output.append((stream == .standardError ? "err:" : "out:") + String(decoding: bytes, as: UTF8.self))
        }
        return (code, output, http.requests)
    }

    private static let success = #"{"metadata":{},"status":"Success"}"#

    @Test("both outputs come apart, and the exit code at the end")
    func outputs() async throws {
        let result = try await exec([
            message(1, ""), message(2, ""), message(1, "hello"), WebSocketFrame(kind: .ping, payload: [1]),
            message(2, "oh"),
            message(1, " world"), message(3, Self.success), WebSocketFrame(kind: .close, payload: []),
        ])
        #expect(result.code == 0)
        #expect(result.output == ["out:hello", "err:oh", "out: world"])
        let request = try #require(result.requests.first)
        #expect(
            request.pathAndQuery
                == "/api/v1/namespaces/n/pods/p/exec?command=sh&command=-c&command=a%20%26%20b&stdout=true&stderr=true&container=main"
        )
        #expect(request.switchesProtocol)
        #expect(request.totalTimeout == .seconds(30))
    }

    @Test("messages in parts belong together")
    func parts() async throws {
        let report = Array(Self.success.utf8)
        let result = try await exec([
            WebSocketFrame(kind: .binary, isFinal: false, payload: [1, 0x61]),
            WebSocketFrame(kind: .ping, payload: []),
            WebSocketFrame(kind: .continuation, payload: [0x62]),
            WebSocketFrame(kind: .binary, isFinal: false, payload: [3] + report.prefix(9)),
            WebSocketFrame(kind: .continuation, payload: Array(report.dropFirst(9))),
        ])
        #expect(result.output == ["out:a", "out:b"])
        #expect(result.code == 0)
    }

    @Test("a command that fails has its exit code, and is no error")
    func exitCode() async throws {
        let report =
            #"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"37"}]}}"#
        #expect(try await exec([message(3, report)]).code == 37)
    }

    @Test(
        "a command that could not be run, and a connection that ends before it, are errors",
        arguments: [
            [(3, #"{"status":"Failure","reason":"InternalError","message":"no such container"}"#)], [(3, "nonsense")],
            [(1, "out")], [],
        ] as [[(UInt8, String)]]
    )
    func failures(_ messages: [(UInt8, String)]) async throws {
        await #expect(throws: KubeError.self) { try await exec(messages.map { message($0.0, $0.1) }) }
    }

    @Test("a server that refuses says why")
    func refused() async throws {
        let http = ScriptedHTTPClient(
            Answer(403, #"{"kind":"Status","apiVersion":"v1","reason":"Forbidden","message":"not you","code":403}"#)
        )
        let client = KubeClient(ClusterConfiguration(server: "https://k"), http: http)
        let error = try await #require(throws: KubeError.self) {
            try await client.exec(
                in: ObjectKey(namespace: "n", name: "p"),
                container: nil,
                command: ["x"],
                timeout: .seconds(1)
            ) {
                _,
                _ in
            }
        }
        #expect(error.code == .forbidden)
        #expect(error.message == "run a command in pod n/p: not you")
    }
}
