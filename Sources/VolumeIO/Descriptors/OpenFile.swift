// SPDX-License-Identifier: Apache-2.0

import CShims
import Glibc

/// An open file.
///
/// Reads and writes name their offset, so that several threads may share it.
package struct OpenFile: ~Copyable, Sendable {
    private let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    var rawDescriptor: Int32 { descriptor.rawValue }

    /// What `fstat` tells about this file.
    package func metadata() throws(FileSystemError) -> FileMetadata {
        var status = stat()
        _ = try systemCall(.stat) { unsafe fstat(rawDescriptor, &status) }
        return FileMetadata(status)
    }

    /// Appends up to `byteCount` bytes from `offset` on to `buffer`; fewer only at the end of the file.
    ///
    /// Allocates nothing when the buffer has the room.
    ///
    /// - Returns: How many bytes were read; less than `byteCount` means the file ended there.
    package func read(
        into buffer: inout [UInt8],
        byteCount: Int,
        at offset: Int
    ) throws(FileSystemError) -> Int {
        let before = buffer.count
        try buffer.append(addingCapacity: byteCount) { output throws(FileSystemError) in
            try unsafe output.withUnsafeMutableBufferPointer { room, initialized throws(FileSystemError) in
                // SAFETY: the kernel writes inside the `byteCount` bytes after those initialized; `initialized` follows each answer.
                let end = initialized + byteCount
                var position = offset
                while initialized < end {
                    let count = try systemCall(.read) {
                        unsafe pread(
                            rawDescriptor,
                            room.baseAddress.unsafelyUnwrapped + initialized,
                            end - initialized,
                            position
                        )
                    }
                    if count == 0 { break }
                    initialized += count
                    position += count
                }
            }
        }
        return buffer.count - before
    }

    /// Appends a small file's content to `buffer` with as few calls as possible.
    ///
    /// Asks for one byte more than `expectedByteCount`; an answer of exactly the expected length is taken as the end of the file, which
    /// a comparison of ``metadata()`` before and after confirms.
    ///
    /// - Returns: How many bytes were read; `expectedByteCount + 1` means that the file has grown.
    package func readWhole(
        into buffer: inout [UInt8],
        expectedByteCount: Int
    ) throws(FileSystemError) -> Int {
        let before = buffer.count
        try buffer.append(addingCapacity: expectedByteCount + 1) { output throws(FileSystemError) in
            try unsafe output.withUnsafeMutableBufferPointer { room, initialized throws(FileSystemError) in
                // SAFETY: as in `read(into:byteCount:at:)`.
                var total = 0
                while total <= expectedByteCount {
                    let count = try systemCall(.read) {
                        unsafe pread(
                            rawDescriptor,
                            room.baseAddress.unsafelyUnwrapped + initialized,
                            expectedByteCount + 1 - total,
                            total
                        )
                    }
                    initialized += count
                    total += count
                    if count == 0 || total == expectedByteCount { break }
                }
            }
        }
        return buffer.count - before
    }

    /// The next range of stored bytes at or after `offset`; nil when only a hole or the end follows.
    ///
    /// A file system without `SEEK_DATA` reports everything up to the end as stored.
    package func nextDataExtent(after offset: Int, fileByteCount: Int) throws(FileSystemError) -> Range<Int>? {
        guard offset < fileByteCount else { return nil }
        let start: Int
        do throws(FileSystemError) {
            start = try systemCall(.findData) { lseek(rawDescriptor, offset, shims_SEEK_DATA) }
        } catch {
            switch error.number {
            case ENXIO: return nil
            case EINVAL, ENOTSUP: return offset..<fileByteCount
            default: throw error
            }
        }
        guard start < fileByteCount else { return nil }
        let end = try systemCall(.findData) { lseek(rawDescriptor, start, shims_SEEK_HOLE) }
        return start..<min(max(end, start + 1), fileByteCount)
    }

    /// Tells the kernel that this file is read once from front to back.
    package func adviseSequentialReading() {
        _ = posix_fadvise(rawDescriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }
}
