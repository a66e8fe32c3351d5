// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Serves one client connection of a ``FaultProxy`` until it ends.
struct ProxyConnection {
    /// Ends the connection where it is thrown.
    private struct Ended: Error {
        var isReset = false
    }

    let client: Socket
    let upstream: (host: String, port: Int)
    let decide: (HTTPHead) -> FaultProxy.Fault

    func run() {
        var reader = HTTPMessageReader(client)
        while let head = try? reader.readHead() {
            do {
                try serve(head, &reader)
            } catch let end as Ended where end.isReset {
                // The reset goes out when the socket is closed; an orderly end now would come before it.
                return
            } catch {
                break
            }
            if head.closes { break }
        }
        client.shutDown()
    }

    private func serve(_ head: HTTPHead, _ reader: inout HTTPMessageReader) throws {
        let fault = decide(head)
        if head.expectsContinue { try client.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)[...]) }
        switch fault {
        case .reset: try reset()
        case .resetWhileSending(let limit):
            var received = 0
            try reader.readBody(head.requestFraming) { bytes in
                received += bytes.count
                if received >= limit { try reset() }
            }
            try reset()
        case .respond(let status, let headers, let body):
            try reader.readBody(head.requestFraming) { _ in }
            var lines = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.utf8.count)"]
            lines += headers.map { "\($0.key): \($0.value)" }
            let text = lines.joined(separator: "\r\n") + "\r\n\r\n" + (head.method == "HEAD" ? "" : body)
            try client.write(Array(text.utf8)[...])
        case .hang:
            try reader.readBody(head.requestFraming) { _ in }
            // Returns when the client gives up or the proxy stops.
            while try !client.read().isEmpty {}
            throw Ended()
        case .none, .loseResponse, .truncateResponse, .slowResponse:
            try forward(head, &reader, fault)
        }
    }

    private func forward(_ head: HTTPHead, _ reader: inout HTTPMessageReader, _ fault: FaultProxy.Fault) throws {
        let upstream = try Socket.connected(to: upstream.host, port: upstream.port)
        defer { upstream.shutDown() }
        var upstreamIsOpen = true
        try upstream.write(head.bytes(without: ["expect"])[...])
        try reader.readBody(head.requestFraming) { bytes in
            // A server may answer and stop listening early: its answer still counts.
            guard upstreamIsOpen else { return }
            upstreamIsOpen = (try? upstream.write(bytes)) != nil
        }
        var answers = HTTPMessageReader(upstream)
        var answer = try answers.readHead()
        while let interim = answer, (100..<200).contains(interim.status) { answer = try answers.readHead() }
        guard let answer else { return try reset() }
        let framing = answer.responseFraming(to: head.method)
        if case .loseResponse = fault {
            try answers.readBody(framing) { _ in }
            return try reset()
        }
        try client.write(answer.bytes()[...])
        var passed = 0
        try answers.readBody(framing) { bytes in
            switch fault {
            case .truncateResponse(let limit):
                let part = bytes.prefix(limit - passed)
                try client.write(part)
                passed += part.count
                if passed >= limit { throw Ended() }
            case .slowResponse(let pieceByteCount, let pause):
                var rest = bytes
                while !rest.isEmpty {
                    Thread.sleep(forTimeInterval: pause / .seconds(1))
                    try client.write(rest.prefix(pieceByteCount))
                    rest = rest.dropFirst(pieceByteCount)
                }
            default: try client.write(bytes)
            }
        }
        if case .untilClose = framing { throw Ended() }
        if answer.closes { throw Ended() }
    }

    private func reset() throws {
        client.resetWhenClosed()
        throw Ended(isReset: true)
    }
}
