// SPDX-License-Identifier: Apache-2.0

/// Assembles an answer's head from the lines libcurl delivers, past interim answers (1xx) and, if asked, redirects.
struct ResponseHeadParser {
    /// What a line meant.
    enum Event {
        case none
        /// The final head is complete; the body follows.
        case head(HTTPResponseHead)
    }

    /// Most bytes of head accepted, summed over interim answers and trailers.
    let maximumByteCount: Int
    /// Most header lines accepted, summed likewise.
    let maximumHeaderCount: Int
    /// Whether libcurl follows a redirect, so that its head is not the final one.
    let followsRedirects: Bool

    private var byteCount = 0
    private var headerCount = 0
    private var status: Int?
    private var headers: [(name: String, value: String)] = []
    /// A redirect's head, final only if a body or the end follows instead of another head.
    private(set) var heldBackHead: HTTPResponseHead?
    private var isFinal = false

    init(maximumByteCount: Int, maximumHeaderCount: Int, followsRedirects: Bool) {
        self.maximumByteCount = maximumByteCount
        self.maximumHeaderCount = maximumHeaderCount
        self.followsRedirects = followsRedirects
    }

    /// Takes the next line, terminator included.
    ///
    /// - Throws: ``HTTPError`` with `.tooLarge` past a limit, `.protocolViolation` for a malformed status line.
    mutating func consume(_ line: Span<UInt8>, origin: String) throws(HTTPError) -> Event {
        byteCount += line.count
        guard byteCount <= maximumByteCount else {
            throw HTTPError(.tooLarge, "the headers of \(origin) exceed \(maximumByteCount) bytes")
        }
        if isFinal { return .none }  // a trailer
        var end = line.count
        while end > 0, line[end - 1] == UInt8(ascii: "\n") || line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        if status == nil {
            guard end > 0 else { return .none }
            heldBackHead = nil
            status = try parseStatus(line.extracting(0..<end), origin: origin)
            return .none
        }
        guard end == 0 else {
            headerCount += 1
            guard headerCount <= maximumHeaderCount else {
                throw HTTPError(.tooLarge, "the answer of \(origin) has more than \(maximumHeaderCount) headers")
            }
            appendHeader(line.extracting(0..<end))
            return .none
        }
        return finishHead()
    }

    /// Takes the head of a redirect that turned out not to be followed.
    mutating func takeHeldBackHead() -> HTTPResponseHead? {
        isFinal = isFinal || heldBackHead != nil
        return heldBackHead.take()
    }

    private mutating func finishHead() -> Event {
        guard let status else { return .none }
        let head = HTTPResponseHead(status: status, headers: headers)
        self.status = nil
        headers = []
        if (100..<200).contains(status), status != 101 { return .none }
        if followsRedirects, (300..<400).contains(status), head.header("location") != nil {
            heldBackHead = head
            return .none
        }
        isFinal = true
        return .head(head)
    }

    private func parseStatus(_ line: Span<UInt8>, origin: String) throws(HTTPError) -> Int {
        // HTTP/1.1 200 OK, HTTP/2 200
        var index = 0
        while index < line.count, line[index] != UInt8(ascii: " ") { index += 1 }
        guard index >= 6, index + 4 <= line.count else { throw malformed(origin) }
        var status = 0
        for position in (index + 1)..<(index + 4) {
            let byte = line[position]
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw malformed(origin) }
            status = status * 10 + Int(byte - UInt8(ascii: "0"))
        }
        guard status >= 100 else { throw malformed(origin) }
        return status
    }

    private func malformed(_ origin: String) -> HTTPError {
        HTTPError(.protocolViolation, "\(origin) answered with a malformed status line; is it an HTTP server?")
    }

    private mutating func appendHeader(_ line: Span<UInt8>) {
        if line[0] == UInt8(ascii: " ") || line[0] == UInt8(ascii: "\t") {
            // A folded line continues the value before it.
            guard !headers.isEmpty else { return }
            headers[headers.count - 1].value += " " + Self.trimmedText(line)
            return
        }
        var colon = 0
        while colon < line.count, line[colon] != UInt8(ascii: ":") { colon += 1 }
        guard colon < line.count else { return }
        let name = Self.trimmedText(line.extracting(0..<colon))
        headers.append((name, Self.trimmedText(line.extracting((colon + 1)..<line.count))))
    }

    private static func trimmedText(_ line: Span<UInt8>) -> String {
        var start = 0
        var end = line.count
        while start < end, line[start] == UInt8(ascii: " ") || line[start] == UInt8(ascii: "\t") { start += 1 }
        while end > start, line[end - 1] == UInt8(ascii: " ") || line[end - 1] == UInt8(ascii: "\t") { end -= 1 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end - start)
        for index in start..<end { bytes.append(line[index]) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
