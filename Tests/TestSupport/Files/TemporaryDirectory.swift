// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Runs `body` with the path of a fresh, empty directory, removed afterwards with everything in it, read-only files included.
package func withTemporaryDirectory<Result>(
    _ body: (_ path: String) async throws -> Result
) async throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("velero-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { removeTree(directory.path) }
    return try await body(directory.path)
}

/// Removes a tree; directories that forbid it are made writable first.
package func removeTree(_ path: String) {
    let manager = FileManager.default
    if (try? manager.removeItem(atPath: path)) != nil { return }
    for case let name as String in manager.enumerator(atPath: path) ?? .init() {
        try? manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path + "/" + name)
    }
    try? manager.removeItem(atPath: path)
}
