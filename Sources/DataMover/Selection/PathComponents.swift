// SPDX-License-Identifier: Apache-2.0

/// A path taken apart, kept by whoever walks a tree so that no path is put together and split again per entry.
package struct PathComponents: Hashable, Sendable {
    /// Whether the path starts at a root.
    package var isAbsolute: Bool
    /// The names, as bytes.
    package var names: [[UInt8]]

    package init(isAbsolute: Bool = true, names: [[UInt8]] = []) {
        self.isAbsolute = isAbsolute
        self.names = names
    }

    /// Splits a path at its slashes; empty parts and `.` are left out.
    package init(_ path: String) {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
        self.init(isAbsolute: path.utf8.first == UInt8(ascii: "/"), names: parts.filter { $0 != [UInt8(ascii: ".")] })
    }

    /// Steps into an entry.
    package mutating func append(_ name: [UInt8]) { names.append(name) }

    /// Steps back out.
    package mutating func removeLast() { names.removeLast() }
}
