// SPDX-License-Identifier: Apache-2.0

import CShims
import Glibc

/// The entries of one directory, sorted bytewise by name, in two allocations however many there are.
///
/// A million names of 20 bytes take about 37 MB: the names one after another, NUL-terminated, and 16 bytes of bookkeeping each.
package struct DirectoryListing: Sendable {
    private struct Entry {
        /// The first 8 bytes of the name, big-endian and zero-padded: decides most comparisons without touching the names.
        var prefix: UInt64
        var start: UInt32
        var length: UInt16
        var kind: UInt8
    }

    private var names: [UInt8] = []
    private var entries: [Entry] = []

    package init() {}

    /// Number of entries; `.` and `..` are never among them.
    package var count: Int { entries.count }

    /// The name of the entry at `index`, sharing this listing's storage.
    package func name(at index: Int) -> FileName {
        let entry = entries[index]
        return FileName(storage: names, start: Int(entry.start), end: Int(entry.start) + Int(entry.length))
    }

    /// The kind of the entry at `index` as the directory tells it; nil when the file system does not say.
    package func kind(at index: Int) -> FileKind? {
        FileKind(directoryEntryType: entries[index].kind)
    }

    /// The index of the entry called `name`, by binary search.
    package func index(of name: FileName) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self.name(at: middle) < name { low = middle + 1 } else { high = middle }
        }
        return low < count && self.name(at: low) == name ? low : nil
    }

    /// Appends what one `getdents64` call returned.
    mutating func append(records: UnsafeRawBufferPointer) throws(FileSystemError) {
        var position = 0
        while position + recordHeaderByteCount < records.count {
            // SAFETY: the kernel writes whole records; each read stays inside `records`, whose bounds are checked first.
            let recordLength = Int(unsafe records.loadUnaligned(fromByteOffset: position + 16, as: UInt16.self))
            guard recordLength > recordHeaderByteCount, position + recordLength <= records.count else {
                throw FileSystemError(.inputOutput, .list)
            }
            let kind = unsafe records[position + 18]
            var nameEnd = position + recordHeaderByteCount
            while nameEnd < position + recordLength, unsafe records[nameEnd] != 0 { nameEnd += 1 }
            let name = unsafe UnsafeRawBufferPointer(
                rebasing: records[(position + recordHeaderByteCount)..<nameEnd]
            )
            position += recordLength
            guard unsafe isListed(name) else { continue }
            guard names.count + name.count < Int(UInt32.max), let length = UInt16(exactly: name.count) else {
                throw FileSystemError(.outOfMemory, .list)
            }
            var prefix: UInt64 = 0
            for index in 0..<8 { prefix = prefix << 8 | (index < name.count ? UInt64(unsafe name[index]) : 0) }
            entries.append(Entry(prefix: prefix, start: UInt32(names.count), length: length, kind: kind))
            unsafe names.append(contentsOf: name)
            names.append(0)
        }
    }

    /// Leaves out `.` and `..`, and names no honest file system returns.
    private func isListed(_ name: UnsafeRawBufferPointer) -> Bool {
        // SAFETY: every read lies inside `name`; memchr reads exactly `name.count` bytes.
        let count = name.count
        guard count > 0, let start = name.baseAddress else { return false }
        if unsafe name[0] == dot, unsafe count == 1 || (count == 2 && name[1] == dot) { return false }
        return unsafe memchr(start, Int32(slash), count) == nil
    }

    /// Sorts by name; to be called once, when all records are in.
    mutating func sort() {
        // SAFETY: starts and lengths come from `append` and lie inside `names`, which nothing changes during the sort.
        unsafe names.withUnsafeBytes { bytes in
            entries.sort { left, right in
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                let common = Int(min(left.length, right.length))
                let order = unsafe memcmp(
                    bytes.baseAddress.unsafelyUnwrapped + Int(left.start),
                    bytes.baseAddress.unsafelyUnwrapped + Int(right.start),
                    common
                )
                return order != 0 ? order < 0 : left.length < right.length
            }
        }
    }
}

/// Bytes before the name in a `linux_dirent64`: inode, offset, record length, type.
private let recordHeaderByteCount = 19

extension OpenDirectory {
    /// Reads every entry of this directory, sorted by name.
    package func entries() throws(FileSystemError) -> DirectoryListing {
        var listing = DirectoryListing()
        _ = try systemCall(.list) { lseek(rawDescriptor, 0, SEEK_SET) }
        // SAFETY: the buffer is owned here, of the size told to the kernel, and freed on every path.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
        defer { unsafe buffer.deallocate() }
        while true {
            let count = try systemCall(.list) {
                unsafe shims_getdents64(rawDescriptor, buffer.baseAddress, buffer.count)
            }
            if count == 0 { break }
            try unsafe listing.append(records: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        listing.sort()
        return listing
    }
}
