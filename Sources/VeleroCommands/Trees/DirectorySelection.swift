// SPDX-License-Identifier: Apache-2.0

/// The directories `ls` is asked for.
package struct DirectorySelection: Sendable {
    private let directories: [String]
    private let isRecursive: Bool

    /// - Parameter directories: Absolute paths; none for everything.
    package init(_ directories: [String], isRecursive: Bool) {
        self.directories = directories.map { FilePathText.cleaned($0) }
        self.isRecursive = isRecursive
    }

    /// True for a directory asked for, what lies directly in it, and with recursion all below it.
    package func shows(_ path: String) -> Bool {
        guard !directories.isEmpty else { return true }
        return directories.contains { directory in
            path == directory || (isRecursive ? isBelow(path, directory) : parent(path) == directory)
        }
    }

    /// True when something below `path` may have to be shown.
    package func enters(_ path: String) -> Bool {
        guard !directories.isEmpty else { return true }
        return directories.contains { directory in
            path == directory || isBelow(directory, path) || (isRecursive && isBelow(path, directory))
        }
    }

    private func isBelow(_ path: String, _ directory: String) -> Bool {
        directory == "/" || path.hasPrefix(directory + "/")
    }

    private func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
