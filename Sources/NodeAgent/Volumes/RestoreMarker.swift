// SPDX-License-Identifier: Apache-2.0

import VolumeIO

/// What tells a pod's waiting container that a volume is complete: an empty file `.velero/<uid of the restore>`.
///
/// The volume's own times stay what the snapshot made them.
enum RestoreMarker {
    private static let directoryName = ".velero"

    /// Writes the marker into a volume, replacing those of earlier restores, which the snapshot may have brought.
    ///
    /// - Throws: ``FileSystemError``, also when something else takes the directory's place meanwhile.
    @inline(never)
    static func write(restoreUID: String, in volume: SharedDirectory) throws {
        let name = try FileName(directoryName)
        let marker = try FileName(restoreUID)
        try volume.directory.keepingTimes {
            try volume.directory.removeRecursively(name)
            try volume.directory.makeDirectory(name, permissions: 0o755)
            let markers = try volume.directory.openDirectory(name)
            let file = try markers.createFile(marker, permissions: 0o644)
            // Whatever this process masks, the container may run as anybody.
            try file.setPermissions(0o644)
            // And it removes the marker, whoever it runs as.
            try markers.setPermissions(0o777)
        }
    }

    /// Removes markers before a volume is written: a waiting container must not see one of an attempt that did not come to its end.
    ///
    /// - Throws: ``FileSystemError``.
    @inline(never)
    static func remove(from volume: SharedDirectory) throws {
        try volume.directory.removeRecursively(try FileName(directoryName))
    }
}
