// SPDX-License-Identifier: Apache-2.0

import VolumeIO

/// What tells a pod's waiting container that a volume is complete: an empty file `.velero/<uid of the restore>`.
///
/// The volume's own times stay what the snapshot made them.
enum RestoreMarker {
    private static let directoryName = ".velero"
    /// Pods on several nodes may share a volume, whose agents then write and whose waiting containers remove at the same time.
    private static let maximumAttempts = 20

    /// Writes the marker into a volume, replacing those of earlier restores, which the snapshot may have brought.
    ///
    /// - Throws: ``FileSystemError``, also when something else takes the directory's place meanwhile.
    static func write(restoreUID: String, in volume: SharedDirectory) throws {
        try persisting { try writeOnce(restoreUID: restoreUID, in: volume) }
    }

    @inline(never)
    private static func writeOnce(restoreUID: String, in volume: SharedDirectory) throws {
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
    static func remove(from volume: SharedDirectory) throws {
        try persisting { try removeOnce(from: volume) }
    }

    @inline(never)
    private static func removeOnce(from volume: SharedDirectory) throws {
        try volume.directory.removeRecursively(try FileName(directoryName))
    }

    /// Runs `body` again when somebody else was at work in the same place, a few times.
    private static func persisting(_ body: () throws -> Void) throws {
        var attempt = 1
        while true {
            do {
                return try body()
            } catch let error as FileSystemError {
                let isDisturbed = [.alreadyExists, .notFound, .directoryNotEmpty].contains(error.code)
                guard isDisturbed, attempt < maximumAttempts else { throw error }
                attempt += 1
            }
        }
    }
}
