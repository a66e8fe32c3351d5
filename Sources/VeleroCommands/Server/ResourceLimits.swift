// SPDX-License-Identifier: Apache-2.0

/// What a container may use, as its cgroup tells it; version 1 and version 2 of the interface.
struct ResourceLimits: Sendable, Hashable {
    /// Bytes of memory; nil without a limit.
    var memoryByteCount: Int?
    /// Processors' worth of time; nil without a quota.
    var processorCount: Double?

    init(memoryByteCount: Int? = nil, processorCount: Double? = nil) {
        self.memoryByteCount = memoryByteCount
        self.processorCount = processorCount
    }

    /// A limit of version 1 at or above this is none: the kernel writes its largest page count for that.
    private static let unlimited = 1 << 60

    /// Reads `memory.max` or `memory.limit_in_bytes`; nil for no limit and for what is no number.
    static func memory(_ text: String) -> Int? {
        guard let count = Int(word(text)), count > 0, count < unlimited else { return nil }
        return count
    }

    /// Reads `cpu.max` of version 2: quota and period in microseconds.
    static func processors(_ text: String) -> Double? {
        let words = word(text).split(separator: " ")
        guard words.count == 2 else { return nil }
        return processors(quota: String(words[0]), period: String(words[1]))
    }

    /// Reads `cpu.cfs_quota_us` and `cpu.cfs_period_us` of version 1, where −1 is no quota.
    static func processors(quota: String, period: String) -> Double? {
        guard let quota = Double(word(quota)), let period = Double(word(period)), quota > 0, period > 0,
            quota.isFinite, period.isFinite
        else { return nil }
        return quota / period
    }

    private static func word(_ text: String) -> String {
        String(text.prefix { $0 != "\n" })
    }

    /// The paths of this process's groups below the mount of each hierarchy, from `/proc/self/cgroup`.
    ///
    /// - Returns: By controller; under `""` that of version 2.
    static func groups(_ text: String) -> [String: String] {
        var paths: [String: String] = [:]
        for line in text.split(separator: "\n").prefix(64) {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, fields[2].hasPrefix("/"), !fields[2].contains("..") else { continue }
            for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                paths[String(controller)] = fields[2] == "/" ? "" : String(fields[2])
            }
        }
        return paths
    }

    /// Finds the tightest limits from this process's group up to the top of what is mounted.
    ///
    /// - Parameter read: The content of a file; nil if there is none.
    static func find(_ read: (_ path: String) -> String?) -> ResourceLimits {
        let groups = groups(read("/proc/self/cgroup") ?? "")
        var limits = ResourceLimits()
        for path in ancestors(groups[""] ?? "") {
            let directory = "/sys/fs/cgroup\(path)"
            limits.tighten(
                memory: read("\(directory)/memory.max").flatMap(memory),
                processors: read("\(directory)/cpu.max").flatMap { processors($0) }
            )
        }
        for path in ancestors(groups["memory"] ?? "") {
            let text = read("/sys/fs/cgroup/memory\(path)/memory.limit_in_bytes")
            limits.tighten(memory: text.flatMap(memory), processors: nil)
        }
        for path in ancestors(groups["cpu"] ?? "") {
            let directory = "/sys/fs/cgroup/cpu\(path)"
            guard let quota = read("\(directory)/cpu.cfs_quota_us"), let period = read("\(directory)/cpu.cfs_period_us")
            else { continue }
            limits.tighten(memory: nil, processors: processors(quota: quota, period: period))
        }
        return limits
    }

    /// The path and every one above it; inside of a container the mount shows only the last of them.
    private static func ancestors(_ path: String) -> [String] {
        var paths = [path]
        var rest = path[...]
        while let slash = rest.lastIndex(of: "/"), paths.count < 32 {
            rest = rest[..<slash]
            paths.append(String(rest))
        }
        return paths
    }

    private mutating func tighten(memory: Int?, processors: Double?) {
        if let memory { memoryByteCount = min(memoryByteCount ?? .max, memory) }
        if let processors { processorCount = min(processorCount ?? .infinity, processors) }
    }
}
