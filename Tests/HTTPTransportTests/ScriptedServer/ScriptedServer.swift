// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A server on the loopback interface whose every connection runs a script on a thread of its own.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (ScriptedConnection) throws -> Void

    private struct State {
        var connections: [ScriptedConnection] = []
        var threads: [pthread_t] = []
        var isStopping = false
    }

    let port: Int
    private let listener: Int32
    private let script: Script
    private let state = Mutex(State())

    var origin: String { "127.0.0.1:\(port)" }

    func url(_ path: String = "/") -> String { "http://\(origin)\(path)" }

    var connectionCount: Int { state.withLock { $0.connections.count } }

    /// Runs `body` with a server that is gone when `body` ends.
    static func run<Result>(
        _ script: @escaping Script,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let server = try ScriptedServer(script)
        defer { server.stop() }
        return try await body(server)
    }

    private init(_ script: @escaping Script) throws {
        self.script = script
        (listener, port) = try LoopbackSocket.listen(backlog: 512)
        try startThread { server in server.accept() }
    }

    private func accept() {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            let connection = state.withLock { state -> ScriptedConnection in
                let connection = ScriptedConnection(descriptor: descriptor, index: state.connections.count)
                state.connections.append(connection)
                if state.isStopping { connection.interrupt() }
                return connection
            }
            try? startThread { server in
                // A script ends by returning or because the client went away.
                try? server.script(connection)
                connection.close()
            }
        }
    }

    private func stop() {
        state.withLock { state in
            state.isStopping = true
            for connection in state.connections { connection.interrupt() }
        }
        shutdown(listener, Int32(SHUT_RDWR))
        while let thread = state.withLock({ $0.threads.popLast() }) { pthread_join(thread, nil) }
        Glibc.close(listener)
    }

    private func startThread(_ body: @escaping @Sendable (ScriptedServer) -> Void) throws {
        let start = ThreadStart { [self] in body(self) }
        var thread = pthread_t()
        // SAFETY: the thread takes over the retained reference.
        let context = unsafe Unmanaged.passRetained(start).toOpaque()
        let status = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue().body()
                return nil
            },
            unsafe context
        )
        guard status == 0 else { throw SocketError(call: "pthread_create", code: status) }
        let started = thread
        state.withLock { $0.threads.append(started) }
    }
}

private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void

    init(body: @escaping @Sendable () -> Void) { self.body = body }
}

struct SocketError: Error {
    var call: String
    var code: Int32
}

/// Sockets on 127.0.0.1.
enum LoopbackSocket {
    static func listen(backlog: Int32) throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError(call: "socket", code: errno) }
        var address = address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0 && Glibc.listen(descriptor, backlog) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard status else { throw SocketError(call: "listen", code: errno) }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func connect(port: Int, isBlocking: Bool = true) throws -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | (isBlocking ? 0 : Int32(SOCK_NONBLOCK.rawValue))
        let descriptor = socket(AF_INET, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError(call: "socket", code: errno) }
        var address = address(port: port)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe Glibc.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 || errno == EINPROGRESS else {
            let code = errno
            close(descriptor)
            throw SocketError(call: "connect", code: code)
        }
        return descriptor
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
