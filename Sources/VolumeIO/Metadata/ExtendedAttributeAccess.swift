// SPDX-License-Identifier: Apache-2.0

import CShims
import Glibc
import Synchronization

/// The four attribute calls on either an open file or a directory entry; never follows a symbolic link.
///
/// Entries are reached with the `…xattrat` calls of Linux 6.13 and, on older kernels, through `/proc/self/fd`.
enum ExtendedAttributeAccess {
    case descriptor(Int32)
    case entry(directory: Int32, name: FileName)

    /// Every attribute in the order the kernel lists them, and the first failure to read one.
    ///
    /// A file system without attributes, and an attribute that vanishes meanwhile, are no failure.
    func readAll() -> (attributes: [ExtendedAttribute], failure: FileSystemError?) {
        let names: [UInt8]
        do throws(FileSystemError) {
            names = try unsafe growing(.listExtendedAttributes) { unsafe list($0.baseAddress, $0.count) }
        } catch {
            let isAbsence = error.code == .notSupported || error.code == .noAttribute
            return ([], isAbsence ? nil : error)
        }
        var attributes: [ExtendedAttribute] = []
        var failure: FileSystemError?
        for name in names.split(separator: 0) {
            do throws(FileSystemError) {
                attributes.append(ExtendedAttribute(name: Array(name), value: try read(Array(name) + [0])))
            } catch {
                if error.code != .noAttribute, error.code != .notSupported, failure == nil { failure = error }
            }
        }
        return (attributes, failure)
    }

    func set(_ attribute: ExtendedAttribute) throws(FileSystemError) {
        _ = try systemCall(.setExtendedAttribute, path) {
            // SAFETY: the kernel reads exactly `count` bytes of the value.
            unsafe withCPath(attribute.name) { name in
                unsafe attribute.value.withUnsafeBytes { unsafe set(name, $0.baseAddress, $0.count) }
            }
        }
    }

    func remove(_ attribute: [UInt8]) throws(FileSystemError) {
        _ = try systemCall(.removeExtendedAttribute, path) {
            unsafe withCPath(attribute) { unsafe remove($0) }
        }
    }

    private var path: [UInt8] {
        switch self {
        case .descriptor: []
        case .entry(_, let name): name.bytes
        }
    }

    private func read(_ terminatedName: [UInt8]) throws(FileSystemError) -> [UInt8] {
        try unsafe growing(.readExtendedAttribute) { buffer in
            // SAFETY: the caller terminated the name.
            unsafe terminatedName.withUnsafeBytes { name in
                unsafe get(
                    name.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self),
                    buffer.baseAddress,
                    buffer.count
                )
            }
        }
    }

    /// Calls `body` with a small stack buffer first, then with as much room as the kernel asks for.
    private func growing(
        _ operation: FileOperation,
        _ body: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(FileSystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        // SAFETY: only the bytes the kernel says it wrote are read.
        var count = unsafe withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
            let count = unsafe body(buffer)
            if count > 0 { unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            return count
        }
        var attempts = 0
        while count < 0 {
            let number = errno
            guard number == EINTR || number == ERANGE, attempts < 8 else {
                throw FileSystemError(number: number, operation, path)
            }
            attempts += 1
            let needed = unsafe body(UnsafeMutableRawBufferPointer(start: nil, count: 0))
            if needed < 0 { continue }
            bytes = unsafe [UInt8](unsafeUninitializedCapacity: needed + 64) { buffer, written in
                count = unsafe body(UnsafeMutableRawBufferPointer(buffer))
                written = max(0, count)
            }
        }
        return bytes
    }
}

// The calls themselves. SAFETY for all: buffers and counts come in pairs from the callers above.
extension ExtendedAttributeAccess {
    private func list(_ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        let buffer = unsafe buffer?.assumingMemoryBound(to: CChar.self)
        switch self {
        case .descriptor(let descriptor): return unsafe flistxattr(descriptor, buffer, count)
        case .entry(let directory, let name):
            if Self.kernelHasEntryCalls {
                return unsafe name.withCString {
                    unsafe shims_listxattrat(directory, $0, AT_SYMLINK_NOFOLLOW, buffer, count)
                }
            }
            return unsafe Self.withPath(directory, name) { unsafe llistxattr($0, buffer, count) }
        }
    }

    private func get(_ attribute: UnsafePointer<CChar>, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        switch self {
        case .descriptor(let descriptor): return unsafe fgetxattr(descriptor, attribute, buffer, count)
        case .entry(let directory, let name):
            if Self.kernelHasEntryCalls {
                return unsafe name.withCString {
                    unsafe shims_getxattrat(directory, $0, AT_SYMLINK_NOFOLLOW, attribute, buffer, count)
                }
            }
            return unsafe Self.withPath(directory, name) { unsafe lgetxattr($0, attribute, buffer, count) }
        }
    }

    private func set(_ attribute: UnsafePointer<CChar>, _ value: UnsafeRawPointer?, _ count: Int) -> Int32 {
        switch self {
        case .descriptor(let descriptor): return unsafe fsetxattr(descriptor, attribute, value, count, 0)
        case .entry(let directory, let name):
            if Self.kernelHasEntryCalls {
                return unsafe name.withCString {
                    unsafe shims_setxattrat(directory, $0, AT_SYMLINK_NOFOLLOW, attribute, value, count)
                }
            }
            return unsafe Self.withPath(directory, name) { unsafe lsetxattr($0, attribute, value, count, 0) }
        }
    }

    private func remove(_ attribute: UnsafePointer<CChar>) -> Int32 {
        switch self {
        case .descriptor(let descriptor): return unsafe fremovexattr(descriptor, attribute)
        case .entry(let directory, let name):
            if Self.kernelHasEntryCalls {
                return unsafe name.withCString {
                    unsafe shims_removexattrat(directory, $0, AT_SYMLINK_NOFOLLOW, attribute)
                }
            }
            return unsafe Self.withPath(directory, name) { unsafe lremovexattr($0, attribute) }
        }
    }

    /// Whether the running kernel (and the sandbox around this process) has the `…xattrat` calls; asked once.
    private static let kernelHasEntryCalls: Bool = {
        // SAFETY: a null list of size 0 only asks for the size.
        let answer = unsafe "/".withCString { unsafe shims_listxattrat(AT_FDCWD, $0, AT_SYMLINK_NOFOLLOW, nil, 0) }
        return answer >= 0 || (errno != ENOSYS && errno != EPERM)
    }()

    /// Lends `/proc/self/fd/<directory>/<name>`: the directory is the open one, and `l…xattr` does not follow the name.
    private static func withPath<Result>(
        _ directory: Int32,
        _ name: FileName,
        _ body: (UnsafePointer<CChar>) -> Result
    ) -> Result {
        var path = Array("/proc/self/fd/\(directory)/".utf8)
        name.append(to: &path)
        path.append(0)
        // SAFETY: terminated just above and alive during the call.
        return unsafe path.withUnsafeBytes {
            unsafe body($0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self))
        }
    }
}

extension OpenDirectory {
    /// The extended attributes of this directory itself.
    package func extendedAttributes() -> (attributes: [ExtendedAttribute], failure: FileSystemError?) {
        ExtendedAttributeAccess.descriptor(rawDescriptor).readAll()
    }

    /// The extended attributes of the entry called `name`; a symbolic link's own, never its target's.
    package func extendedAttributes(
        of name: FileName
    ) -> (attributes: [ExtendedAttribute], failure: FileSystemError?) {
        ExtendedAttributeAccess.entry(directory: rawDescriptor, name: name).readAll()
    }

    /// Sets an extended attribute of the entry called `name`; a symbolic link's own, never its target's.
    package func setExtendedAttribute(_ attribute: ExtendedAttribute, of name: FileName) throws(FileSystemError) {
        try ExtendedAttributeAccess.entry(directory: rawDescriptor, name: name).set(attribute)
    }

    /// Removes an extended attribute of the entry called `name`.
    package func removeExtendedAttribute(_ attribute: [UInt8], of name: FileName) throws(FileSystemError) {
        try ExtendedAttributeAccess.entry(directory: rawDescriptor, name: name).remove(attribute)
    }

    /// Sets an extended attribute of this directory itself.
    package func setExtendedAttribute(_ attribute: ExtendedAttribute) throws(FileSystemError) {
        try ExtendedAttributeAccess.descriptor(rawDescriptor).set(attribute)
    }

    /// Removes an extended attribute of this directory itself.
    package func removeExtendedAttribute(_ attribute: [UInt8]) throws(FileSystemError) {
        try ExtendedAttributeAccess.descriptor(rawDescriptor).remove(attribute)
    }
}

extension OpenFile {
    /// The extended attributes of this file.
    package func extendedAttributes() -> (attributes: [ExtendedAttribute], failure: FileSystemError?) {
        ExtendedAttributeAccess.descriptor(rawDescriptor).readAll()
    }

    /// Sets an extended attribute of this file.
    package func setExtendedAttribute(_ attribute: ExtendedAttribute) throws(FileSystemError) {
        try ExtendedAttributeAccess.descriptor(rawDescriptor).set(attribute)
    }

    /// Removes an extended attribute of this file.
    package func removeExtendedAttribute(_ attribute: [UInt8]) throws(FileSystemError) {
        try ExtendedAttributeAccess.descriptor(rawDescriptor).remove(attribute)
    }
}
