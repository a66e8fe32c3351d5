// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A port of this machine whose connections go on to a server's, bytes unseen, until a test cuts them.
package final class TCPRelay: Sendable {
    private struct State {
        var pairs: [Int: (client: Socket, server: Socket)] = [:]
        var connectionCount = 0
        var isStopped = false
    }

    package let port: Int
    private let listener: Socket
    private let serverPort: Int
    private let state = Shared(State())

    private init(serverPort: Int) throws {
        listener = try Socket.listening()
        port = try listener.localPort()
        self.serverPort = serverPort
    }

    /// Runs `body` with a relay to a port of the loopback; afterwards every connection is closed.
    package static func with<Result>(
        serverPort: Int,
        _ body: (TCPRelay) async throws -> Result
    ) async throws -> Result {
        let relay = try TCPRelay(serverPort: serverPort)
        Thread { relay.accept() }.start()
        defer {
            relay.state.change { $0.isStopped = true }
            relay.listener.shutDown()
            relay.cut()
        }
        return try await body(relay)
    }

    /// Connections made so far.
    package var connectionCount: Int { state.value.connectionCount }

    /// Ends every connection there is, in the middle of whatever passes.
    package func cut() {
        let pairs = state.change { state in
            defer { state.pairs.removeAll() }
            return Array(state.pairs.values)
        }
        for pair in pairs {
            pair.client.shutDown()
            pair.server.shutDown()
        }
    }

    private func accept() {
        while let client = try? listener.accept() {
            guard let server = try? Socket.connected(port: serverPort) else { continue }
            let id: Int? = state.change { state in
                guard !state.isStopped else { return nil }
                state.connectionCount += 1
                state.pairs[state.connectionCount] = (client, server)
                return state.connectionCount
            }
            guard let id else { return }
            Thread { Self.pass(from: client, to: server) }.start()
            Thread { [self] in
                Self.pass(from: server, to: client)
                state.change { $0.pairs[id] = nil }
            }.start()
        }
    }

    /// Until either side ends; then both do.
    private static func pass(from source: Socket, to target: Socket) {
        while let bytes = try? source.read(), !bytes.isEmpty {
            guard (try? target.write(bytes[...])) != nil else { break }
        }
        source.shutDown()
        target.shutDown()
    }
}
