// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Reads the entries of one directory in the order the file system gives them.
///
// Invariant: used by one listing at a time, under that listing's lock; the stream is closed once, in deinit.
@safe final class DirectoryReader: @unchecked Sendable {
    enum Entry {
        /// The file system does not say what it is: ask `fstatat`.
        case unknown(String)
        case directory(String)
    }

    let directory: Descriptor
    private let stream: OpaquePointer

    init(_ directory: Descriptor) throws(SystemCallError) {
        self.directory = directory
        // The stream takes over its descriptor and moves its position, so it gets one of its own.
        // SAFETY: the path is a literal.
        let own = try Descriptor.check("openat") {
            unsafe openat(directory.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard let stream = unsafe fdopendir(own) else {
            let code = errno
            close(own)
            throw SystemCallError(errno: code, call: "fdopendir")
        }
        unsafe self.stream = unsafe stream
    }

    deinit {
        // SAFETY: opened in init, closed nowhere else.
        unsafe closedir(stream)
    }

    /// The next entry but `.` and `..`, or nil at the end; names that are not UTF-8 cannot be objects and are left out.
    func next() throws(SystemCallError) -> Entry? {
        while true {
            errno = 0
            // SAFETY: the entry is valid until the next call on this stream; its name is copied before.
            guard let entry = unsafe readdir(stream) else {
                let code = errno
                if code != 0 { throw SystemCallError(errno: code, call: "readdir") }
                return nil
            }
            let isDirectory = unsafe Int(entry.pointee.d_type) == Int(DT_DIR)
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(validatingCString: $0) }
            }
            guard let name, name != ".", name != ".." else { continue }
            return isDirectory ? .directory(name) : .unknown(name)
        }
    }
}
