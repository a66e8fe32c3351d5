// SPDX-License-Identifier: Apache-2.0

import VolumeIO

/// What the targets of a run amount to.
struct TargetPlan: Sendable {
    enum Content: Sendable {
        /// The entries of this directory, absolute, become the root tree.
        case directory([UInt8])
        case tree(TargetTree)
    }

    let content: Content
    /// File systems the targets are on.
    let devices: Set<UInt64>

    init(_ targets: [[UInt8]], workingDirectory: [UInt8]) throws(FileSystemError) {
        var unique: [[UInt8]] = []
        for target in targets.map(SourcePath.cleaned) where !unique.contains(target) { unique.append(target) }
        var devices: Set<UInt64> = []
        for target in unique {
            let path = SourcePath.absolute(target, workingDirectory: workingDirectory)
            if let metadata = try? Self.metadata(of: path) { devices.insert(metadata.device) }
        }
        self.devices = devices
        if unique.count == 1, let only = unique.first, SourcePath.split(only).components.isEmpty {
            content = .directory(SourcePath.absolute(only, workingDirectory: workingDirectory))
            return
        }
        var tree = TargetTree()
        for target in unique {
            guard SourcePath.split(target).components.isEmpty else {
                tree.add(target)
                continue
            }
            let path = SourcePath.absolute(target, workingDirectory: workingDirectory)
            do throws(FileSystemError) {
                let listing = try OpenDirectory.open(path: path).entries()
                for index in 0..<listing.count {
                    tree.add(SourcePath.joined(target, listing.name(at: index).bytes), isImplied: true)
                }
            } catch {
                throw error.at(path)
            }
        }
        content = .tree(tree)
    }

    private static func metadata(of path: [UInt8]) throws(FileSystemError) -> FileMetadata {
        guard let (directory, name) = SourcePath.parent(of: path) else {
            return try OpenDirectory.open(path: path).metadata()
        }
        return try OpenDirectory.open(path: directory).metadata(of: FileName(name))
    }
}
