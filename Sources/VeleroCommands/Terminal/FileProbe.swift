// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Looks at paths named on the command line.
enum FileProbe {
    enum Kind: Sendable { case missing, directory, other }

    /// What stands at `path`; a link is followed only when asked for.
    static func kind(_ path: String, followsLinks: Bool = false) -> Kind {
        var status = stat()
        // SAFETY: the path is passed as a terminated string; the kernel fills exactly one stat.
        let result = unsafe followsLinks ? stat(path, &status) : lstat(path, &status)
        guard result == 0 else { return .missing }
        return status.st_mode & S_IFMT == S_IFDIR ? .directory : .other
    }

    /// Makes a directory and those above it, for its owner only.
    ///
    /// - Throws: ``CommandFailure`` naming the directory that could not be made.
    static func makeDirectories(_ path: String) throws(CommandFailure) {
        var current = ""
        for component in path.split(separator: "/") {
            current += "/" + component
            // SAFETY: the path is passed as a terminated string for the call only.
            guard unsafe mkdir(current, 0o700) != 0, errno != EEXIST else { continue }
            if kind(current, followsLinks: true) == .directory { continue }
            throw CommandFailure("the directory \(current) cannot be made: \(SystemText.message(errno))")
        }
    }

    /// True for a directory without entries.
    static func isEmpty(_ path: String) -> Bool {
        // SAFETY: the stream is closed before return; readdir's entry is only read until the next call.
        guard let stream = unsafe opendir(path) else { return false }
        defer { unsafe closedir(stream) }
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { return false }
        }
        return true
    }

    /// Paths that match a shell pattern; none when nothing does.
    static func glob(_ pattern: String) -> [String] {
        var matches = unsafe glob_t()
        // SAFETY: glob allocates the paths it lists, globfree releases them after they are copied.
        defer { unsafe globfree(&matches) }
        guard unsafe Glibc.glob(pattern, 0, nil, &matches) == 0, let paths = unsafe matches.gl_pathv else { return [] }
        return unsafe (0..<Int(matches.gl_pathc)).compactMap { index in
            unsafe paths[index].map { unsafe String(cString: $0) }
        }
    }
}

/// How many processors this process may use.
enum ProcessorCount {
    /// The machine's, limited by the container's quota; at least 1.
    static var available: Int {
        let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return AgentLimits(ResourceLimits.current, processorCount: max(1, count)).workerCount
    }
}

extension ResourceLimits {
    /// Those of this process.
    static var current: ResourceLimits { find { ProcessFacts.file($0) } }
}
