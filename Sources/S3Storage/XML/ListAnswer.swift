// SPDX-License-Identifier: Apache-2.0

package import ObjectStorage

/// One page of a list, either version.
package struct ListAnswer: XMLHandler, Sendable {
    /// Full keys and sizes, in the server's order.
    package private(set) var objects: [ObjectInfo] = []
    /// What keys have in common up to a delimiter, that included, if one was asked for.
    package private(set) var commonPrefixes: [String] = []
    /// Whether more pages follow.
    package private(set) var isTruncated = false
    private var nextToken: String?
    private var nextMarker: String?
    private var isURLEncoded = false
    private var rootName = ""
    private var key = ""
    private var byteCount: Int?
    private var rawKeys: [String] = []

    package init() {}

    mutating func start(_ path: [String]) {
        if path.count == 1 { rootName = path[0] }
        guard path.count == 2, path[1] == "Contents" else { return }
        key = ""
        byteCount = nil
    }

    mutating func end(_ path: [String], text: String) {
        switch (path.count, path.last) {
        case (2, "IsTruncated"): isTruncated = text == "true"
        case (2, "NextContinuationToken"): nextToken = text
        case (2, "NextMarker"): nextMarker = text
        case (2, "EncodingType"): isURLEncoded = text == "url"
        case (2, "Contents"):
            rawKeys.append(key)
            objects.append(ObjectInfo(key: key, byteCount: byteCount ?? -1))
        case (3, "Key") where path[1] == "Contents": key = text
        case (3, "Prefix") where path[1] == "CommonPrefixes": commonPrefixes.append(text)
        case (3, "Size") where path[1] == "Contents": byteCount = Int(text)
        default: break
        }
    }

    /// Decodes the keys and checks that the document says what a list must say.
    ///
    /// The encoding type may stand after the keys it is about, so this waits for the end.
    mutating func complete() throws(XMLError) {
        guard rootName == "ListBucketResult" else {
            throw XMLError(message: "it is a “\(rootName.prefix(64))” and no list")
        }
        for index in objects.indices {
            guard objects[index].byteCount >= 0 else {
                throw XMLError(message: "the size of “\(rawKeys[index].prefix(256))” is missing or no number")
            }
            if isURLEncoded { objects[index].key = try decoded(objects[index].key) }
            guard !objects[index].key.isEmpty else { throw XMLError(message: "it lists an object without a key") }
        }
        if isURLEncoded {
            for index in commonPrefixes.indices { commonPrefixes[index] = try decoded(commonPrefixes[index]) }
        }
        if isURLEncoded, let marker = nextMarker { nextMarker = try decoded(marker) }
        if isTruncated, position(for: .v2) == nil, position(for: .v1) == nil {
            throw XMLError(message: "it is truncated but does not say where to go on")
        }
    }

    /// Where the next page starts; nil after the last.
    package func position(for version: S3Request.ListVersion) -> String? {
        guard isTruncated else { return nil }
        switch version {
        case .v2: return nextToken.flatMap { $0.isEmpty ? nil : $0 }
        case .v1: return nextMarker.flatMap { $0.isEmpty ? nil : $0 } ?? lastName
        }
    }

    /// The last key or common prefix by the order of bytes, in which servers list.
    private var lastName: String? {
        let names = [objects.last?.key, commonPrefixes.last].compactMap { $0 }
        return names.max { $0.utf8Precedes($1) }
    }

    private func decoded(_ text: String) throws(XMLError) -> String {
        guard let bytes = PercentEncoding.decode(text, plusIsSpace: true) else {
            throw XMLError(message: "“\(text.prefix(256))” is not percent-encoded as announced")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
