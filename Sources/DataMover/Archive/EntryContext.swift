// SPDX-License-Identifier: Apache-2.0

import VolumeIO

/// An open directory of the source, with where it is there and in the snapshot.
struct EntryContext: Sendable {
    let directory: SharedDirectory
    /// Absolute path of the source.
    let sourcePath: [UInt8]
    /// Path in the snapshot, starting with a slash.
    let snapshotPath: [UInt8]
    /// The file system of this directory.
    let device: UInt64

    func sourcePath(of name: FileName) -> [UInt8] { SourcePath.joined(sourcePath, name.bytes) }

    func snapshotPath(of request: EntryRequest) -> [UInt8] { SourcePath.joined(snapshotPath, request.nodeName) }
}
