// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The name of one directory entry: bytes, never text, never a path.
///
/// Not empty, not `.` or `..`, and free of `/` and NUL. A name from a ``DirectoryListing`` shares the listing's storage, so it costs
/// no allocation of its own; ordering is bytewise.
package struct FileName: Sendable, Hashable, Comparable, CustomStringConvertible {
    // Invariant: `start < end < storage.count` and `storage[end]` is NUL.
    private let storage: [UInt8]
    private let start: Int
    private let end: Int

    /// Checks and copies a name.
    ///
    /// - Throws: ``FileSystemError/Code/invalidName``.
    package init(_ bytes: [UInt8]) throws(FileSystemError) {
        guard Self.isValid(bytes.span) else { throw FileSystemError(.invalidName, .open, path: bytes) }
        var terminated: [UInt8] = []
        terminated.reserveCapacity(bytes.count + 1)
        terminated.append(contentsOf: bytes)
        terminated.append(0)
        storage = terminated
        start = 0
        end = bytes.count
    }

    /// Checks and copies a name given as text.
    package init(_ text: String) throws(FileSystemError) {
        try self.init(Array(text.utf8))
    }

    /// A name inside a larger buffer of NUL-terminated names, already checked.
    init(storage: [UInt8], start: Int, end: Int) {
        self.storage = storage
        self.start = start
        self.end = end
    }

    /// True when `bytes` can name an entry.
    package static func isValid(_ bytes: Span<UInt8>) -> Bool {
        guard !bytes.isEmpty else { return false }
        if bytes[0] == dot, bytes.count == 1 || (bytes.count == 2 && bytes[1] == dot) { return false }
        for index in bytes.indices where bytes[index] == 0 || bytes[index] == slash { return false }
        return true
    }

    /// Number of bytes, without any terminator.
    package var count: Int { end - start }

    /// The bytes, copied.
    package var bytes: [UInt8] { Array(storage[start..<end]) }

    /// Appends the bytes to `output`.
    package func append(to output: inout [UInt8]) {
        output.append(contentsOf: storage[start..<end])
    }

    /// Lends the bytes.
    package func withSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(storage.span.extracting(start..<end))
    }

    /// Lends the name as a C string.
    @inline(__always)
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        // SAFETY: by the invariant the bytes from `start` on are a NUL-terminated string inside `storage`, which outlives the call.
        unsafe storage.withUnsafeBytes { buffer in
            unsafe body(buffer.baseAddress.unsafelyUnwrapped.advanced(by: start).assumingMemoryBound(to: CChar.self))
        }
    }

    /// The name as text, for messages; bytes that are not UTF-8 are replaced.
    package var description: String { String(decoding: storage[start..<end], as: UTF8.self) }

    package static func == (left: Self, right: Self) -> Bool {
        left.storage[left.start..<left.end] == right.storage[right.start..<right.end]
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.storage[left.start..<left.end].lexicographicallyPrecedes(right.storage[right.start..<right.end])
    }

    package func hash(into hasher: inout Hasher) {
        // SAFETY: the range lies inside the buffer by the invariant; the hasher only reads it during the call.
        unsafe storage.withUnsafeBytes {
            unsafe hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[start..<end]))
        }
    }
}

let dot = UInt8(ascii: ".")
let slash = UInt8(ascii: "/")

/// Lends `path` as a C string; -1 with `errno` set when it is empty or holds a NUL, since the system would see only what stands before.
func withCPath<Result: SignedInteger>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    guard !path.isEmpty, !path.contains(0) else {
        errno = EINVAL
        return -1
    }
    // SAFETY: the copy ends in NUL and outlives the call.
    return unsafe (path + [0]).withUnsafeBytes {
        unsafe body($0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self))
    }
}
