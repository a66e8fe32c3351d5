// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes a file with the given content.
func write(_ content: [UInt8], to path: String) throws {
    try Data(content).write(to: URL(fileURLWithPath: path))
}

let isRoot = getuid() == 0
