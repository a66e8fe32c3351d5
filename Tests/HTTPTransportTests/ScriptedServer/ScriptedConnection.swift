// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// One connection of a ``ScriptedServer``: blocking reads and writes on the script's thread.
final class ScriptedConnection: Sendable {
    struct Request {
        var method: String
        var target: String
        var version: String
        var headers: [(name: String, value: String)]

        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    struct Ended: Error {}

    private struct State {
        var isClosed = false
        var received: [UInt8] = []
    }

    /// Counts connections from 0.
    let index: Int
    let descriptor: Int32
    private let state = Mutex(State())

    init(descriptor: Int32, index: Int) {
        self.descriptor = descriptor
        self.index = index
    }

    // MARK: Reading

    /// The next request's head.
    ///
    /// - Throws: ``Ended`` when the client is gone.
    func readHead() throws -> Request {
        let lines = String(decoding: try read(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
            .split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let first = lines.first?.split(separator: " "), first.count == 3 else { throw Ended() }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            return (name: String(parts[0]), value: String(value.drop { $0 == " " }))
        }
        return Request(method: String(first[0]), target: String(first[1]), version: String(first[2]), headers: headers)
    }

    /// The body that goes with a head.
    func readBody(_ request: Request) throws -> [UInt8] {
        if let length = request.header("content-length").flatMap({ Int($0) }) { return try read(count: length) }
        guard request.header("transfer-encoding") == "chunked" else { return [] }
        var body: [UInt8] = []
        while true {
            let line = String(decoding: try read(through: Array("\r\n".utf8)).dropLast(2), as: UTF8.self)
            guard let count = Int(line, radix: 16) else { throw Ended() }
            body += try read(count: count)
            _ = try read(count: 2)
            if count == 0 { return body }
        }
    }

    func read(count: Int) throws -> [UInt8] {
        while state.withLock({ $0.received.count }) < count { try receive() }
        return state.withLock { state in
            let bytes = Array(state.received.prefix(count))
            state.received.removeFirst(count)
            return bytes
        }
    }

    private func read(through mark: [UInt8]) throws -> [UInt8] {
        var searched = 0
        while true {
            let received = state.withLock { $0.received }
            var index = max(searched - mark.count, 0)
            while index + mark.count <= received.count {
                if received[index..<(index + mark.count)].elementsEqual(mark) {
                    return try read(count: index + mark.count)
                }
                index += 1
            }
            searched = received.count
            try receive()
        }
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw Ended() }
        state.withLock { $0.received += buffer[..<count] }
    }

    /// Blocks until the client closes the connection.
    func waitForClientToClose() {
        while (try? receive()) != nil {}
    }

    // MARK: Writing

    func write(_ text: String) throws { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8], from start: Int = 0) throws {
        var offset = start
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    descriptor,
                    buffer.baseAddress?.advanced(by: offset),
                    buffer.count - offset,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { throw Ended() }
            offset += count
        }
    }

    /// Writes until all is written or the client took nothing for `milliseconds`.
    ///
    /// - Returns: How many bytes were written.
    func writeWhileTaken(_ bytes: [UInt8], milliseconds: Int32) throws -> Int {
        var offset = 0
        while offset < bytes.count {
            var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&request, 1, milliseconds) > 0 else { return offset }
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                return unsafe send(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset, flags)
            }
            guard count > 0 || errno == EAGAIN else { throw Ended() }
            offset += max(count, 0)
        }
        return offset
    }

    func answer(_ status: String = "200 OK", headers: [String] = [], body: [UInt8] = []) throws {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + headers
        try write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    func answer(_ status: String = "200 OK", headers: [String] = [], text: String) throws {
        try answer(status, headers: headers, body: Array(text.utf8))
    }

    func writeChunk(_ text: String) throws { try write("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }

    // MARK: End

    /// Ends with a reset instead of an orderly close.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            Glibc.close(descriptor)
        }
    }

    /// Ends whatever the script's thread blocks in.
    func interrupt() {
        state.withLock { state in
            guard !state.isClosed else { return }
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
    }
}
