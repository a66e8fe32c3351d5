// SPDX-License-Identifier: Apache-2.0

/// Where a server listens: `host:port`, `[IPv6]:port`, or `:port` for every address of the machine.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A numeric address; empty for all of them.
    package let host: String
    /// 0 for any free port.
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads the text of a flag; nil when it has no port or more than a numeric address.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        if host == "localhost" { host = "127.0.0.1" }
        guard host.utf8.allSatisfy({ Self.digits.contains($0) }) else { return nil }
        self.init(host: String(host), port: port)
    }

    private static let digits = Set("0123456789abcdefABCDEF.:".utf8)

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// A health server that could not start.
package struct HealthServerError: Error, Sendable, CustomStringConvertible {
    /// What failed and what to do about it.
    package let description: String
}
