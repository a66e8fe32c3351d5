// SPDX-License-Identifier: Apache-2.0

extension ArchiveOptions {
    /// Leaves out what `filter` matches, besides what is left out already.
    package mutating func exclude(matching filter: PathFilter) {
        guard !filter.isEmpty else { return }
        let previous = excludes
        excludes = { path in
            filter.matches(PathComponents(names: SourcePath.split(path).components)) || previous?(path) == true
        }
    }
}
