// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension DirectoryTree {
    /// Directories below each other at most; no store of this kind is deeper.
    private static let maximumDepth = 8

    /// Removes temporary files that nobody has written to for so long.
    ///
    /// - Returns: How many were removed.
    func removeLeftovers(below components: [String], olderThan age: Duration) throws -> Int {
        let directory: Descriptor
        do {
            directory = try descend(from: try openRoot(), components[...])
        } catch let error as SystemCallError where error.errno == ENOENT || error.errno == ENOTDIR {
            return 0
        }
        return try Self.removeLeftovers(in: directory, before: time(nil) - Int(age.components.seconds), depth: 0)
    }

    private static func removeLeftovers(in directory: Descriptor, before limit: Int, depth: Int) throws -> Int {
        try Task.checkCancellation()
        let reader = try DirectoryReader(directory)
        var count = 0
        while let entry = try reader.next() {
            do {
                switch entry {
                case .directory(let name):
                    guard depth < maximumDepth else { continue }
                    let inner = try directory.openDirectory(name)
                    count += try removeLeftovers(in: inner, before: limit, depth: depth + 1)
                case .unknown(let name):
                    guard TemporaryName.matches(name) else { continue }
                    let status = try directory.status(of: name)
                    guard status.kind == .file, status.modified < limit else { continue }
                    try directory.remove(name)
                    count += 1
                }
            } catch let error as SystemCallError where error.errno == ENOENT {
                // Finished or removed by another process meanwhile.
            }
        }
        return count
    }
}
