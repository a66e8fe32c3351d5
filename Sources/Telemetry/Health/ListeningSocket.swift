// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A TCP socket that listens; whoever gets its descriptor closes it.
struct ListeningSocket {
    let descriptor: Int32
    let port: UInt16

    /// Binds and listens; `:port` takes IPv6 and IPv4 together where the machine has both.
    ///
    /// - Throws: ``HealthServerError``.
    init(_ address: ListenAddress) throws {
        if address.host.isEmpty {
            do {
                self = try ListeningSocket(.init(host: "::", port: address.port), allowsBoth: true)
            } catch {
                self = try ListeningSocket(.init(host: "0.0.0.0", port: address.port), allowsBoth: false)
            }
        } else {
            self = try ListeningSocket(address, allowsBoth: false)
        }
    }

    private init(_ address: ListenAddress, allowsBoth: Bool) throws {
        let isSix = address.host.contains(":")
        let descriptor = socket(isSix ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        guard descriptor >= 0 else { throw Self.failure(address) }
        do {
            try Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1, address)
            if isSix { try Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, allowsBoth ? 0 : 1, address) }
            if isSix { try Self.bindSix(descriptor, address) } else { try Self.bindFour(descriptor, address) }
            guard listen(descriptor, 16) == 0 else { throw Self.failure(address) }
            port = try Self.boundPort(descriptor, address)
            self.descriptor = descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func set(
        _ descriptor: Int32,
        _ level: Int32,
        _ option: Int32,
        _ value: Int32,
        _ address: ListenAddress
    ) throws {
        var value = value
        // SAFETY: the kernel reads one Int32 that lives for the call.
        let result = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        guard result == 0 else { throw failure(address) }
    }

    private static func bindFour(_ descriptor: Int32, _ address: ListenAddress) throws {
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = address.port.bigEndian
        // SAFETY: inet_pton fills the member it is given, which has the size of this kind of address.
        guard unsafe inet_pton(AF_INET, address.host, &target.sin_addr) == 1 else { throw malformed(address) }
        try bind(descriptor, to: &target, address)
    }

    private static func bindSix(_ descriptor: Int32, _ address: ListenAddress) throws {
        var target = sockaddr_in6()
        target.sin6_family = sa_family_t(AF_INET6)
        target.sin6_port = address.port.bigEndian
        // SAFETY: as above.
        guard unsafe inet_pton(AF_INET6, address.host, &target.sin6_addr) == 1 else { throw malformed(address) }
        try bind(descriptor, to: &target, address)
    }

    /// - Parameter target: A `sockaddr_in` or `sockaddr_in6`.
    private static func bind<Target>(_ descriptor: Int32, to target: inout Target, _ address: ListenAddress) throws {
        // SAFETY: both begin as a sockaddr does; the kernel reads the structure, whose size is given, during the call.
        let result = unsafe withUnsafePointer(to: &target) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Target>.size))
            }
        }
        guard result == 0 else { throw failure(address) }
    }

    /// The port the kernel chose; both kinds of address have it at the same place.
    private static func boundPort(_ descriptor: Int32, _ address: ListenAddress) throws -> UInt16 {
        var bound = sockaddr_in6()
        var byteCount = socklen_t(MemoryLayout<sockaddr_in6>.size)
        // SAFETY: getsockname writes at most `byteCount` bytes into the structure, which both kinds of address fit into.
        let result = unsafe withUnsafeMutablePointer(to: &bound) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &byteCount)
            }
        }
        guard result == 0 else { throw failure(address) }
        return UInt16(bigEndian: bound.sin6_port)
    }

    private static func malformed(_ address: ListenAddress) -> HealthServerError {
        HealthServerError(description: "\(address) is no numeric address to listen on")
    }

    private static func failure(_ address: ListenAddress) -> HealthServerError {
        let code = errno
        // SAFETY: strerror returns a terminated string that stays valid until this thread's next call.
        let reason = unsafe String(cString: strerror(code))
        let advice = code == EADDRINUSE ? "; another process uses that port, choose one with --metrics-address" : ""
        return HealthServerError(description: "cannot listen on \(address): \(reason)\(advice)")
    }
}
