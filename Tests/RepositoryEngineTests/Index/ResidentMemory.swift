// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What this process keeps in memory.
enum ResidentMemory {
    /// Resident bytes that belong to no file, or nil where /proc does not say.
    static func byteCount() -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        for line in status.split(separator: "\n") where line.hasPrefix("RssAnon:") {
            return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
        }
        return nil
    }
}
