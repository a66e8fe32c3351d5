// SPDX-License-Identifier: Apache-2.0

/// Path arithmetic on text alone; nothing here looks at a disk.
package enum FilePathText {
    /// `path` without empty and `.` components, with each `..` resolved against the component before it.
    ///
    /// An empty relative path becomes `.`; `..` above the root of an absolute path vanishes.
    package static func cleaned(_ path: String) -> String {
        let isAbsolute = path.hasPrefix("/")
        var kept: [Substring] = []
        for component in path.split(separator: "/") where component != "." {
            guard component == ".." else {
                kept.append(component)
                continue
            }
            if let last = kept.last, last != ".." {
                kept.removeLast()
            } else if !isAbsolute {
                kept.append(component)
            }
        }
        let joined = kept.joined(separator: "/")
        if isAbsolute { return "/" + joined }
        return joined.isEmpty ? "." : joined
    }
}
