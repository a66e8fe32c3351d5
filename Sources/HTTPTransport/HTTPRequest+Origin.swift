// SPDX-License-Identifier: Apache-2.0

extension HTTPRequest {
    /// Host and port of the URL, the only part of it that error messages may name.
    ///
    /// User name, password, path and query are left out: they may carry credentials or presigned signatures.
    package var origin: String {
        let bytes = Array(url.utf8)
        guard let schemeEnd = bytes.firstIndex(of: UInt8(ascii: ":")),
            bytes[schemeEnd...].starts(with: Array("://".utf8))
        else { return "an invalid URL" }
        let authority = bytes[(schemeEnd + 3)...].prefix { byte in
            byte != UInt8(ascii: "/") && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "#")
        }
        let hostStart = authority.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? authority.startIndex
        let host = authority[hostStart...]
        guard !host.isEmpty else { return "an invalid URL" }
        let afterAddress = host.lastIndex(of: UInt8(ascii: "]")) ?? host.startIndex
        let text = String(decoding: host, as: UTF8.self)
        guard !host[afterAddress...].contains(UInt8(ascii: ":")) else { return text }
        return text + (isSecure ? ":443" : ":80")
    }

    /// Whether the URL's scheme is `https`.
    var isSecure: Bool { url.prefix(6).lowercased() == "https:" }

    /// Refuses what could not be sent as given, or would say something else on the wire than it seems to.
    func validate() throws(HTTPError) {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https", origin != "an invalid URL" else {
            throw HTTPError(.invalidRequest, "not an http or https URL; expected http(s)://host[:port]/path")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw HTTPError(
                .invalidRequest,
                "the URL for \(origin) holds blanks or control characters; percent-encode them"
            )
        }
        guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenByte) else {
            throw HTTPError(.invalidRequest, "the method of a request to \(origin) is not an HTTP token")
        }
        for header in headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy(\.isTokenByte) else {
                throw HTTPError(.invalidRequest, "a header name of a request to \(origin) is not an HTTP token")
            }
            guard header.value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
                let problem = "the value of header \(header.name) for \(origin) holds control characters"
                throw HTTPError(.invalidRequest, problem)
            }
        }
    }
}

extension UInt8 {
    /// Whether RFC 9110 allows the byte in a method or header name.
    fileprivate var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"): true
        case UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        case UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"): true
        default: false
        }
    }
}
