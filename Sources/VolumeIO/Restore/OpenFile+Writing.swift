// SPDX-License-Identifier: Apache-2.0

import CShims
import Glibc

extension OpenFile {
    /// Writes all of `bytes` at `offset`.
    package func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileSystemError) {
        try unsafe bytes.withUnsafeBufferPointer { source throws(FileSystemError) in
            // SAFETY: the kernel reads only inside `source`.
            var written = 0
            while written < source.count {
                written += try systemCall(.write) {
                    unsafe pwrite(
                        rawDescriptor,
                        source.baseAddress.unsafelyUnwrapped + written,
                        source.count - written,
                        offset + written
                    )
                }
            }
        }
    }

    /// Makes the file exactly `byteCount` bytes long; what is added is a hole.
    package func truncate(to byteCount: Int) throws(FileSystemError) {
        _ = try systemCall(.truncate) { ftruncate(rawDescriptor, byteCount) }
    }

    /// Reserves room for `byteCount` bytes without changing the file's length.
    ///
    /// - Returns: False when the file system cannot reserve; running out of space is an error.
    @discardableResult
    package func allocate(byteCount: Int) throws(FileSystemError) -> Bool {
        guard byteCount > 0 else { return true }
        do throws(FileSystemError) {
            _ = try systemCall(.allocate) { shims_fallocate_keep_size(rawDescriptor, 0, byteCount) }
            return true
        } catch  where error.code == .notSupported {
            return false
        } catch {
            throw error
        }
    }

    /// Turns a range of the file into a hole, where the file system can.
    ///
    /// - Returns: False when it cannot; the bytes are then unchanged.
    package func punchHole(_ range: Range<Int>) throws(FileSystemError) -> Bool {
        guard !range.isEmpty else { return true }
        do throws(FileSystemError) {
            _ = try systemCall(.allocate) {
                shims_fallocate_punch_hole(rawDescriptor, range.lowerBound, range.count)
            }
            return true
        } catch  where error.code == .notSupported {
            return false
        } catch {
            throw error
        }
    }

    /// Waits until content and size are on the disk.
    package func synchronize() throws(FileSystemError) {
        _ = try systemCall(.synchronize) { fsync(rawDescriptor) }
    }

    /// Sets owner and group; clears set-user-ID, so permissions come afterwards.
    package func setOwner(_ ownerID: UInt32, group groupID: UInt32) throws(FileSystemError) {
        _ = try systemCall(.setOwner) { fchown(rawDescriptor, ownerID, groupID) }
    }

    /// Sets the lower 12 mode bits.
    package func setPermissions(_ permissions: UInt16) throws(FileSystemError) {
        _ = try systemCall(.setPermissions) { fchmod(rawDescriptor, mode_t(permissions)) }
    }

    /// Sets access and modification time.
    package func setTimes(accessed: FileTime, modified: FileTime) throws(FileSystemError) {
        let times = [accessed.timespec, modified.timespec]
        // SAFETY: futimens reads two elements.
        _ = try systemCall(.setTimes) {
            unsafe times.withUnsafeBufferPointer { unsafe futimens(rawDescriptor, $0.baseAddress) }
        }
    }
}
