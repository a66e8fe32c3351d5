// SPDX-License-Identifier: Apache-2.0

import Synchronization
import VolumeIO

/// A directory of the target, known by the names that lead to it from the root.
final class RestoreDirectory: Sendable {
    let names: [FileName]
    /// Path as messages show it: absolute within the snapshot, ending without a slash; empty for the root.
    let path: [UInt8]
    /// True when this run made the directory, so that nothing of it need be looked for.
    let isNew: Bool
    /// True when what is made in it may begin with attributes, such as the access list a directory hands down.
    let mayPassOnAttributes: Bool

    init(root: Void = (), isNew: Bool, mayPassOnAttributes: Bool) {
        names = []
        path = []
        self.isNew = isNew
        self.mayPassOnAttributes = mayPassOnAttributes
    }

    init(_ name: FileName, in parent: RestoreDirectory, isNew: Bool, mayPassOnAttributes: Bool) {
        names = parent.names + [name]
        path = parent.path(of: name)
        self.isNew = isNew
        self.mayPassOnAttributes = mayPassOnAttributes
    }

    /// The path of an entry of this directory.
    func path(of name: FileName) -> [UInt8] {
        var result = path
        result.append(UInt8(ascii: "/"))
        name.append(to: &result)
        return result
    }
}

/// Opens directories of the target beneath its root, following no link, and keeps the ones used last.
final class RestoreTarget: Sendable {
    private struct Kept {
        var open: [ObjectIdentifier: (owner: RestoreDirectory, directory: SharedDirectory)] = [:]
        var order: [ObjectIdentifier] = []
    }

    /// Directories kept open at most; those in use stay open beyond it until their users are done.
    private static let capacity = 64

    let root: SharedDirectory
    private let kept = Mutex(Kept())

    init(root: SharedDirectory) {
        self.root = root
    }

    /// An open descriptor for `directory`.
    func open(_ directory: RestoreDirectory) throws(FileSystemError) -> SharedDirectory {
        if directory.names.isEmpty { return root }
        let key = ObjectIdentifier(directory)
        if let found = kept.withLock({ $0.open[key]?.directory }) { return found }
        let opened: SharedDirectory
        do throws(FileSystemError) {
            opened = SharedDirectory(try root.directory.openDirectory(beneath: directory.names))
        } catch {
            throw error.at(directory.path)
        }
        kept.withLock { kept in
            guard kept.open[key] == nil else { return }
            kept.open[key] = (directory, opened)
            kept.order.append(key)
            if kept.order.count > Self.capacity { kept.open[kept.order.removeFirst()] = nil }
        }
        return opened
    }

    /// Whether files and directories made in `directory` get an access list from it.
    static func passesOnAttributes(_ directory: SharedDirectory) -> Bool {
        directory.directory.extendedAttributes().attributes.contains { $0.name == defaultAccessList }
    }

    private static let defaultAccessList = Array("system.posix_acl_default".utf8)

    /// Closes a directory that is no longer needed.
    func forget(_ directory: RestoreDirectory) {
        let key = ObjectIdentifier(directory)
        kept.withLock { kept in
            guard kept.open.removeValue(forKey: key) != nil else { return }
            kept.order.removeAll { $0 == key }
        }
    }
}
