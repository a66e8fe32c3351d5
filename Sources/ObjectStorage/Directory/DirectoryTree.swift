// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The blocking half of ``DirectoryStorage``: what is done to files, on whatever thread the caller chose.
struct DirectoryTree: Sendable {
    let root: String

    /// Permissions of what a store makes, before the process's umask.
    struct Modes: Sendable {
        var directory: mode_t
        var file: mode_t

        static let owner = Modes(directory: 0o700, file: 0o400)
        static let group = Modes(directory: 0o750, file: 0o440)
    }

    func openRoot() throws -> Descriptor {
        do {
            return try Descriptor.openDirectory(path: root)
        } catch {
            switch error.errno {
            case ENOENT: throw StorageError.noContainer(root)
            case ENOTDIR:
                let message = "\(root) is not a directory; name the repository's directory"
                throw StorageError(.containerNotFound, message, cause: error)
            default: throw error
            }
        }
    }

    /// The modes the repository asks for: its config file's group may read or may not.
    func modes(in root: Descriptor) -> Modes {
        guard let config = try? root.status(of: "config"), config.kind == .file else { return .owner }
        return config.mode & 0o040 != 0 ? .group : .owner
    }

    /// Opens the directory `components` below `root`, one component at a time so that no link is followed.
    func descend(from root: Descriptor, _ components: ArraySlice<String>) throws -> Descriptor {
        var directory = root
        for component in components { directory = try directory.openDirectory(component) }
        return directory
    }

    /// As ``descend(from:_:)``, making what is missing.
    func descendCreating(from root: Descriptor, _ components: ArraySlice<String>, _ modes: Modes) throws -> Descriptor {
        var directory = root
        for component in components { directory = try openOrMake(component, in: directory, modes) }
        return directory
    }

    private func openOrMake(_ name: String, in parent: Descriptor, _ modes: Modes) throws -> Descriptor {
        do {
            return try parent.openDirectory(name)
        } catch {
            guard error.errno == ENOENT else { throw error }
            if try parent.makeDirectory(name, mode: modes.directory) { try parent.synchronize() }
            return try parent.openDirectory(name)
        }
    }

    /// Opens the regular file that holds `key`.
    func openObject(_ components: [String], key: String) throws -> (Descriptor, byteCount: Int) {
        guard let name = components.last else { throw StorageError(.invalid, "an object key must not be empty") }
        do {
            let directory = try descend(from: try openRoot(), components.dropLast())
            let file = try directory.openFile(name)
            let status = try file.status()
            switch status.kind {
            case .file: return (file, status.byteCount)
            case .directory: throw StorageError.notFound(key, in: root)
            default: throw StorageError(.invalid, "\(key) in \(root) is not a regular file; move it away")
            }
        } catch let error as SystemCallError where error.errno == ENOENT || error.errno == ENOTDIR {
            throw StorageError.notFound(key, in: root)
        }
    }

    /// Removes the file that holds an object.
    ///
    /// Not flushed to the device: a deletion that a power cut undoes brings back a whole object, and a journaling file system keeps
    /// deletions in their order among each other, so that nothing comes back whose referents are gone.
    func delete(_ components: [String]) throws {
        guard let name = components.last else { return }
        let root = try openRoot()
        do {
            try descend(from: root, components.dropLast()).remove(name)
        } catch let error as SystemCallError where error.errno == ENOENT || error.errno == ENOTDIR {
            return
        } catch let error as SystemCallError where error.errno == EISDIR {
            return
        }
    }

    /// Makes the root with its missing parents, then `directories` below it.
    func create(_ directories: [String]) throws {
        try createRoot()
        let root = try openRoot()
        let modes = modes(in: root)
        for directory in directories {
            _ = try descendMaking(from: root, try ObjectKey.components(of: directory), modes)
        }
        // One flush per parent of what was made, instead of one per directory.
        for parent in Set(directories.compactMap { $0.split(separator: "/").dropLast().joined(separator: "/") }) {
            let components = parent.split(separator: "/").map(String.init)
            try descend(from: root, components[...]).synchronize()
        }
        try root.synchronize()
    }

    private func descendMaking(from root: Descriptor, _ components: [String], _ modes: Modes) throws -> Descriptor {
        var directory = root
        for component in components {
            _ = try directory.makeDirectory(component, mode: modes.directory)
            directory = try directory.openDirectory(component)
        }
        return directory
    }

    private func createRoot() throws {
        var path = root.utf8.first == UInt8(ascii: "/") ? "/" : "."
        for component in root.split(separator: "/") {
            let parent = path
            path += "/\(component)"
            // SAFETY: the path is a terminated copy, valid for the call.
            if unsafe mkdir(path, 0o700) == 0 {
                try Descriptor.openDirectory(path: parent).synchronize()
            } else if errno != EEXIST {
                throw SystemCallError(errno: errno, call: "mkdir")
            }
        }
    }
}
