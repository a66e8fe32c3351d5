// SPDX-License-Identifier: Apache-2.0

/// How much of what a container may use goes into moving data.
struct AgentLimits: Sendable, Hashable {
    /// Threads of work for all volumes together.
    let workerCount: Int
    /// Bytes for all volumes together, beside the indexes of repositories.
    let memoryByteCount: Int

    /// What moves take when nothing limits them: more would not make them faster.
    private static let usual = 160 << 20
    /// The least moves can work with: one chunk and one pack each way.
    private static let least = 48 << 20
    /// What the program takes before it moves anything.
    private static let base = 48 << 20

    /// - Parameter processorCount: Of the machine.
    init(_ limits: ResourceLimits, processorCount: Int) {
        let quota = limits.processorCount.map { Int($0.rounded(.up)) } ?? processorCount
        workerCount = max(1, min(processorCount, quota))
        guard let limit = limits.memoryByteCount else {
            memoryByteCount = Self.usual
            return
        }
        // Half of the rest is left to indexes, and to what the kernel counts for the process.
        memoryByteCount = min(Self.usual, max(Self.least, (limit - Self.base) / 2))
    }
}
