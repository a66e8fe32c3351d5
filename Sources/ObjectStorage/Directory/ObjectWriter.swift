// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// One object being written under a temporary name, made visible by ``commit()`` or removed by ``abandon()``.
///
/// Blocking; the steps may run on different threads, one at a time.
final class ObjectWriter: Sendable {
    private let directory: Descriptor
    private let file: Descriptor
    private let name: String
    private let temporaryName: String
    private let fileMode: mode_t

    init(_ components: [String], in tree: DirectoryTree) throws {
        guard let name = components.last else { throw StorageError(.invalid, "an object key must not be empty") }
        guard !TemporaryName.matches(name) else {
            throw StorageError(.invalid, "\(name): names that end in -tmp-<digits> are kept for files being written")
        }
        let root = try tree.openRoot()
        let modes = tree.modes(in: root)
        directory = try tree.descendCreating(from: root, components.dropLast(), modes)
        self.name = name
        fileMode = modes.file
        temporaryName = TemporaryName.make(for: name)
        file = try directory.createFile(temporaryName, mode: 0o600)
    }

    /// Appends `pieces`, stopping between writes when the task is cancelled.
    func append(_ pieces: [[UInt8]]) throws {
        var rest = pieces[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            let batch = Self.batch(of: rest)
            try file.write(batch)
            rest = rest.dropFirst(batch.count)
        }
    }

    /// About 8 MiB to write between two checks for cancellation, unless a single piece is larger.
    private static func batch(of pieces: ArraySlice<[UInt8]>) -> ArraySlice<[UInt8]> {
        var byteCount = 0
        for index in pieces.indices {
            byteCount += pieces[index].count
            if byteCount >= 8 << 20 { return pieces[...index] }
        }
        return pieces
    }

    /// Makes the object durable, then visible, then durably visible, then read-only.
    func commit() throws {
        try file.synchronize()
        try Task.checkCancellation()
        try directory.rename(temporaryName, to: name)
        try directory.synchronize()
        do {
            try file.setMode(fileMode)
        } catch {
            // The mode guards against accidents only; file systems without modes are fine.
            guard [EPERM, ENOTSUP, EROFS].contains(error.errno) else { throw error }
        }
    }

    /// Removes the temporary file; a failure to do so leaves a name that listings ignore.
    func abandon() {
        try? directory.remove(temporaryName)
    }
}
