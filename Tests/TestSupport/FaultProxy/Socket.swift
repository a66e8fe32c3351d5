// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A TCP socket of this machine, closed with its last reference.
final class Socket: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let call: StaticString
        let code: Int32

        var description: String { "\(call) failed with error \(code)" }
    }

    private let number: Int32

    private init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// The address of the loopback.
    static let loopback = "127.0.0.1"

    /// A socket that listens on a free port of an address of this machine.
    static func listening(on host: String = loopback) throws -> Socket {
        let socket = try make()
        var one: Int32 = 1
        // SAFETY: the option's value and its size match.
        unsafe setsockopt(socket.number, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = try Self.address(host, port: 0)
        // SAFETY: the address is valid for the call, its length is passed.
        try unsafe withAddress(&address) { pointer, length in
            guard unsafe bind(socket.number, pointer, length) == 0 else { throw failure("bind") }
        }
        guard listen(socket.number, 128) == 0 else { throw failure("listen") }
        return socket
    }

    /// A connection to `host`:`port`.
    static func connected(to host: String = loopback, port: Int) throws -> Socket {
        let socket = try make()
        var address = try Self.address(host, port: UInt16(truncatingIfNeeded: port))
        // SAFETY: the address is valid for the call, its length is passed.
        try unsafe withAddress(&address) { pointer, length in
            guard unsafe connect(socket.number, pointer, length) == 0 else { throw failure("connect") }
        }
        return socket
    }

    func localPort() throws -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: the address has room for what the kernel writes, as `length` says.
        try unsafe Self.withAddress(&address) { pointer, _ in
            guard unsafe getsockname(number, UnsafeMutablePointer(mutating: pointer), &length) == 0 else {
                throw Self.failure("getsockname")
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    func accept() throws -> Socket {
        let accepted = Glibc.accept(number, nil, nil)
        guard accepted >= 0 else { throw Self.failure("accept") }
        return Socket(accepted)
    }

    /// Up to 64 KiB; empty at the end of the stream.
    func read() throws -> [UInt8] {
        var result = 0
        let bytes = [UInt8](capacity: 64 << 10) { output in
            // SAFETY: the kernel writes at most the buffer's count; `filled` becomes what it wrote.
            unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
                result = unsafe recv(number, buffer.baseAddress, buffer.count, 0)
                filled = max(0, result)
            }
        }
        guard result >= 0 else { throw Self.failure("recv") }
        return bytes
    }

    func write(_ bytes: ArraySlice<UInt8>) throws {
        var rest = bytes
        while !rest.isEmpty {
            // SAFETY: the buffer is valid for the call, its count is passed.
            let sent = unsafe rest.withUnsafeBytes {
                unsafe send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw Self.failure("send") }
            rest = rest.dropFirst(sent)
        }
    }

    /// Ends both directions and wakes whoever waits on them.
    func shutDown() {
        shutdown(number, Int32(SHUT_RDWR))
    }

    /// Makes the closing of this socket a reset instead of an orderly end.
    func resetWhenClosed() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        // SAFETY: the option's value and its size match.
        unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
    }

    private static func make() throws -> Socket {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { throw failure("socket") }
        return Socket(number)
    }

    /// - Parameter host: An IPv4 address in its usual notation.
    private static func address(_ host: String, port: UInt16) throws -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw failure("inet_pton") }
        return address
    }

    private static func withAddress(
        _ address: inout sockaddr_in,
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
    ) throws {
        // SAFETY: sockaddr_in is laid out as a sockaddr of that length.
        try unsafe withUnsafeMutablePointer(to: &address) { pointer in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func failure(_ call: StaticString) -> Failure {
        Failure(call: call, code: errno)
    }
}
