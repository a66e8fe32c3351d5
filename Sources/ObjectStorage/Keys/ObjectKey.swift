// SPDX-License-Identifier: Apache-2.0

/// Rules for object keys that every store can keep.
package enum ObjectKey {
    /// Longest key, in bytes of UTF-8: the limit of S3.
    package static let maximumByteCount = 1024

    /// The key's `/`-separated components.
    ///
    /// - Throws: ``StorageError`` with `.invalid` for keys that are empty, absolute, too long, hold a zero byte, or have a component
    ///   that is empty, `.` or `..`.
    package static func components(of key: String) throws(StorageError) -> [String] {
        let utf8 = key.utf8
        guard !utf8.isEmpty else { throw StorageError(.invalid, "an object key must not be empty") }
        guard utf8.count <= maximumByteCount else {
            throw StorageError(.invalid, "object key of \(utf8.count) bytes is longer than \(maximumByteCount): \(key)")
        }
        guard !utf8.contains(0) else { throw StorageError(.invalid, "object key holds a zero byte: \(key)") }
        let components = utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        for component in components where component.isEmpty || component == "." || component == ".." {
            throw StorageError(.invalid, "object key has an empty, \".\" or \"..\" component: \(key)")
        }
        return components
    }

    /// Throws as ``components(of:)`` does.
    package static func validate(_ key: String) throws(StorageError) {
        _ = try components(of: key)
    }
}
