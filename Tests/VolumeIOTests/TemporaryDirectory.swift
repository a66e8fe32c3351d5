// SPDX-License-Identifier: Apache-2.0

import Foundation
import VolumeIO

/// A directory of its own for one test, removed with everything in it afterwards.
func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = NSTemporaryDirectory() + "/volume-io-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// Writes a file with the given content.
func write(_ content: [UInt8], to path: String) throws {
    try Data(content).write(to: URL(fileURLWithPath: path))
}

let isRoot = getuid() == 0
