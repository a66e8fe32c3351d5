// SPDX-License-Identifier: Apache-2.0

/// The head of a request or answer, kept as it came and read as far as a proxy must.
struct HTTPHead: Sendable {
    /// How the body's end is found.
    enum Framing: Sendable {
        case none
        case length(Int)
        case chunked
        case untilClose
    }

    struct Malformed: Error {}

    let startLine: String
    let headers: [(name: String, value: String)]

    /// - Parameter bytes: Everything up to and including the empty line.
    init(_ bytes: ArraySlice<UInt8>) throws {
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard let first = lines.first else { throw Malformed() }
        startLine = String(first)
        headers = try lines.dropFirst().map { line in
            guard let colon = line.firstIndex(of: ":") else { throw Malformed() }
            var value = line[line.index(after: colon)...]
            while value.first == " " || value.first == "\t" { value = value.dropFirst() }
            return (String(line[..<colon]), String(value))
        }
    }

    var method: String { part(0) }
    var target: String { part(1) }
    var status: Int { Int(part(1)) ?? 0 }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var expectsContinue: Bool { header("expect")?.lowercased() == "100-continue" }

    var closes: Bool { header("connection")?.lowercased() == "close" }

    /// The framing of a request's body.
    var requestFraming: Framing {
        if header("transfer-encoding")?.lowercased() == "chunked" { return .chunked }
        return .length(header("content-length").flatMap(Int.init) ?? 0)
    }

    /// The framing of the body of an answer to `method`.
    func responseFraming(to method: String) -> Framing {
        if method == "HEAD" || status == 204 || status == 304 || (100..<200).contains(status) { return .none }
        if header("transfer-encoding")?.lowercased() == "chunked" { return .chunked }
        if let length = header("content-length").flatMap(Int.init) { return .length(length) }
        return .untilClose
    }

    /// The head as bytes, without the headers named.
    func bytes(without dropped: Set<String> = []) -> [UInt8] {
        let kept = headers.filter { !dropped.contains($0.name.lowercased()) }
        return Array(([startLine] + kept.map { "\($0.name): \($0.value)" }).map { $0 + "\r\n" }.joined().utf8) + [
            13, 10,
        ]
    }

    private func part(_ index: Int) -> String {
        let parts = startLine.split(separator: " ")
        return index < parts.count ? String(parts[index]) : ""
    }
}

/// Reads heads and bodies from a socket.
struct HTTPMessageReader {
    private let socket: Socket
    private var buffer: ArraySlice<UInt8> = []

    init(_ socket: Socket) {
        self.socket = socket
    }

    /// The next head, or nil when the peer ends the connection.
    mutating func readHead() throws -> HTTPHead? {
        while true {
            if let end = buffer.firstRange(of: [13, 10, 13, 10])?.upperBound {
                defer { buffer = buffer[end...] }
                return try HTTPHead(buffer[..<end])
            }
            guard buffer.count < 256 << 10 else { throw HTTPHead.Malformed() }
            let bytes = try socket.read()
            if bytes.isEmpty { return nil }
            buffer.append(contentsOf: bytes)
        }
    }

    /// Hands the body's raw bytes, chunk framing included, to `consume`.
    mutating func readBody(_ framing: HTTPHead.Framing, _ consume: (ArraySlice<UInt8>) throws -> Void) throws {
        switch framing {
        case .none: return
        case .length(let count): try pass(count, consume)
        case .untilClose:
            while try fill() {
                try consume(buffer)
                buffer = []
            }
        case .chunked:
            while true {
                let line = try readLine()
                try consume(line)
                let digits = String(decoding: line, as: UTF8.self).prefix { $0.isHexDigit }
                guard let count = Int(digits, radix: 16) else { throw HTTPHead.Malformed() }
                if count == 0 { break }
                try pass(count + 2, consume)
            }
            while true {
                let line = try readLine()
                try consume(line)
                if line.count <= 2 { return }
            }
        }
    }

    private mutating func pass(_ count: Int, _ consume: (ArraySlice<UInt8>) throws -> Void) throws {
        var rest = count
        while rest > 0 {
            guard try fill() else { throw HTTPHead.Malformed() }
            let part = buffer.prefix(rest)
            buffer = buffer.dropFirst(part.count)
            rest -= part.count
            try consume(part)
        }
    }

    private mutating func readLine() throws -> ArraySlice<UInt8> {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                defer { buffer = buffer[(end + 1)...] }
                return buffer[...end]
            }
            let bytes = try socket.read()
            guard !bytes.isEmpty else { throw HTTPHead.Malformed() }
            buffer.append(contentsOf: bytes)
        }
    }

    /// Makes sure there is a byte; false at the end of the stream.
    private mutating func fill() throws -> Bool {
        if buffer.isEmpty { buffer = try socket.read()[...] }
        return !buffer.isEmpty
    }
}
