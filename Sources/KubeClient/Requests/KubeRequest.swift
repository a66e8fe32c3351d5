// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A request to an API server as a value; ``KubeClient`` adds the server's address and the credentials.
package struct KubeRequest: Sendable, Hashable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package var method: Method
    /// Percent-encoded, with a leading slash.
    package var path: String
    /// Names and values, not encoded yet; sent in this order.
    package var query: [QueryItem]
    package var body: [UInt8]
    package var contentType: String?
    package var accept: String
    /// Limit for the whole exchange; nil for the client's standard.
    package var timeout: Duration?
    /// What the request does, for error texts: method and resource, never contents.
    package var purpose: String

    package struct QueryItem: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(_ method: Method, path: String, purpose: String) {
        self.method = method
        self.path = path
        self.purpose = purpose
        query = []
        body = []
        accept = "application/json"
    }

    /// Path and query as they are sent.
    package var target: String {
        guard !query.isEmpty else { return path }
        let items = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return path + "?" + items.joined(separator: "&")
    }
}

/// Percent-encoding of everything RFC 3986 does not call unreserved.
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default: encoded.append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}

extension ResourceType {
    /// The path of a collection, an object (with `name`) or a subresource of it.
    ///
    /// - Throws: ``KubeError`` with `.invalid` for names that could lead to another path, and for a namespaced object without namespace.
    package func path(namespace: String?, name: String? = nil, subresource: String? = nil) throws -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if isNamespaced, let namespace { path += "/namespaces/\(try Self.segment(namespace, of: self))" }
        if isNamespaced, namespace == nil, name != nil {
            throw KubeError(.invalid, "an object of \(self) cannot be named without its namespace")
        }
        path += "/\(plural)"
        if let name { path += "/\(try Self.segment(name, of: self))" }
        if let subresource { path += "/\(subresource)" }
        return path
    }

    private static func segment(_ name: String, of type: ResourceType) throws -> String {
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(UInt8(ascii: "/")),
            !name.utf8.contains(UInt8(ascii: "%"))
        else { throw KubeError(.invalid, "'\(name)' cannot be a name or namespace of \(type)") }
        return PercentEncoding.encode(name)
    }
}
