// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An open file or directory, closed with the last reference; names are single components and never followed as links.
final class Descriptor: Sendable {
    /// What `fstat` says, as far as a store needs it.
    struct Status {
        enum Kind { case file, directory, link, other }
        var kind: Kind
        var byteCount: Int
        var mode: mode_t
        /// Seconds since 1970 of the last change of content.
        var modified: Int
    }

    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Opens the directory at `path`; links on the way are followed, as the user named it.
    static func openDirectory(path: String) throws(SystemCallError) -> Descriptor {
        // SAFETY: the path is a terminated copy, valid for the call. The same holds for every name below.
        Descriptor(try check("open") { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    }

    func openDirectory(_ name: String) throws(SystemCallError) -> Descriptor {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        do {
            return Descriptor(try Self.check("openat") { unsafe openat(number, name, flags) })
        } catch {
            guard error.errno == ENOTDIR else { throw error }
            // Linux says "not a directory" of a link to one: name the true reason.
            if try status(of: name).kind == .link { throw SystemCallError(errno: ELOOP, call: "openat") }
            throw error
        }
    }

    /// Opens for reading; never blocks on a pipe that bears the name.
    func openFile(_ name: String) throws(SystemCallError) -> Descriptor {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        return Descriptor(try Self.check("openat") { unsafe openat(number, name, flags) })
    }

    /// Creates a file that did not exist, open for writing.
    func createFile(_ name: String, mode: mode_t) throws(SystemCallError) -> Descriptor {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        return Descriptor(try Self.check("openat") { unsafe openat(number, name, flags, mode) })
    }

    /// Makes a directory; false when something of that name exists.
    func makeDirectory(_ name: String, mode: mode_t) throws(SystemCallError) -> Bool {
        do {
            _ = try Self.check("mkdirat") { unsafe mkdirat(number, name, mode) }
            return true
        } catch {
            guard error.errno == EEXIST else { throw error }
            return false
        }
    }

    func rename(_ name: String, to newName: String) throws(SystemCallError) {
        _ = try Self.check("renameat") { unsafe renameat(number, name, number, newName) }
    }

    func remove(_ name: String) throws(SystemCallError) {
        _ = try Self.check("unlinkat") { unsafe unlinkat(number, name, 0) }
    }

    func setMode(_ mode: mode_t) throws(SystemCallError) {
        _ = try Self.check("fchmod") { fchmod(number, mode) }
    }

    /// Makes contents, or a directory's entries, durable; file systems without that notion are taken at their word.
    func synchronize() throws(SystemCallError) {
        do {
            _ = try Self.check("fsync") { fsync(number) }
        } catch {
            guard error.errno == EINVAL || error.errno == ENOTSUP else { throw error }
        }
    }

    func status() throws(SystemCallError) -> Status {
        var result = stat()
        _ = try Self.check("fstat") { unsafe fstat(number, &result) }
        return Status(result)
    }

    func status(of name: String) throws(SystemCallError) -> Status {
        var result = stat()
        _ = try Self.check("fstatat") { unsafe fstatat(number, name, &result, AT_SYMLINK_NOFOLLOW) }
        return Status(result)
    }

    /// Calls `body` until it is not interrupted by a signal.
    static func check(_ call: StaticString, _ body: () -> Int32) throws(SystemCallError) -> Int32 {
        while true {
            let result = body()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw SystemCallError(errno: code, call: call) }
        }
    }
}

extension Descriptor.Status {
    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        byteCount = Int(status.st_size)
        mode = status.st_mode & 0o7777
        modified = status.st_mtim.tv_sec
    }
}
