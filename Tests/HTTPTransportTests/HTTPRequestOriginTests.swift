// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTPTransport

@Suite struct HTTPRequestOriginTests {
    @Test(arguments: [
        ("http://host/path", "host:80"),
        ("https://host", "host:443"),
        ("HTTPS://host:9000/x?y", "host:9000"),
        ("https://user:secret@host:1/x", "host:1"),
        ("https://host?X-Amz-Signature=secret", "host:443"),
        ("https://host#fragment@other", "host:443"),
        ("http://[::1]/", "[::1]:80"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("http://a@b@host/", "host:80"),
        ("nonsense", "an invalid URL"),
        ("http://", "an invalid URL"),
    ])
    func `an origin is host and port, nothing else`(url: String, origin: String) {
        #expect(HTTPRequest(method: "GET", url: url).origin == origin)
    }
}
