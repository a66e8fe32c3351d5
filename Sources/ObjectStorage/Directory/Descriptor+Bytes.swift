// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension Descriptor {
    /// Appends up to `byteCount` bytes from `offset` on to `bytes`; fewer only at the end of the file.
    func read(into bytes: inout [UInt8], at offset: Int, byteCount: Int) throws(SystemCallError) {
        var failure: SystemCallError?
        bytes.append(addingCapacity: byteCount) { output in
            // SAFETY: each read is given the part of the buffer not yet filled; `filled` counts what was written.
            unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
                guard let start = buffer.baseAddress else { return }
                let first = filled
                while filled - first < byteCount {
                    let done = filled - first
                    let result = unsafe pread(number, start + filled, byteCount - done, off_t(offset + done))
                    if result < 0 {
                        let code = errno
                        if code == EINTR { continue }
                        failure = SystemCallError(errno: code, call: "pread")
                    }
                    guard result > 0 else { return }
                    filled += result
                }
            }
        }
        if let failure { throw failure }
    }

    /// Writes every byte of `pieces` at the current position, without joining them.
    func write(_ pieces: ArraySlice<[UInt8]>) throws(SystemCallError) {
        var rest = pieces
        while !rest.isEmpty {
            // Enough pieces per call to make the call's cost disappear, few enough for the recursion below.
            try writeBatch(rest.prefix(32))
            rest = rest.dropFirst(32)
        }
    }

    private func writeBatch(_ pieces: ArraySlice<[UInt8]>) throws(SystemCallError) {
        var vectors = unsafe [iovec]()
        unsafe vectors.reserveCapacity(pieces.count)
        var failure: SystemCallError?
        unsafe withVectors(of: pieces, appendedTo: &vectors) { vectors in
            failure = unsafe writeAll(&vectors)
        }
        if let failure { throw failure }
    }

    /// Calls `body` with one vector per piece.
    private func withVectors(
        of pieces: ArraySlice<[UInt8]>,
        appendedTo vectors: inout [iovec],
        _ body: (inout [iovec]) -> Void
    ) {
        guard let piece = pieces.first else { return unsafe body(&vectors) }
        // SAFETY: the recursion keeps every piece borrowed until `body` has returned; writev only reads through the pointer.
        unsafe piece.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress, bytes.count > 0 {
                let vector = unsafe iovec(iov_base: UnsafeMutableRawPointer(mutating: start), iov_len: bytes.count)
                unsafe vectors.append(vector)
            }
            unsafe withVectors(of: pieces.dropFirst(), appendedTo: &vectors, body)
        }
    }

    private func writeAll(_ vectors: inout [iovec]) -> SystemCallError? {
        var done = 0
        while unsafe done < vectors.count {
            // SAFETY: `done` is below the count, and the pointers are valid as long as `withVectors` runs `body`.
            let result = unsafe vectors.withUnsafeBufferPointer { buffer in
                unsafe writev(number, buffer.baseAddress.map { unsafe $0 + done }, Int32(buffer.count - done))
            }
            if result < 0 {
                let code = errno
                if code == EINTR { continue }
                return SystemCallError(errno: code, call: "writev")
            }
            var written = result
            while unsafe done < vectors.count, unsafe written >= vectors[done].iov_len {
                unsafe written -= vectors[done].iov_len
                done += 1
            }
            if written > 0 {
                unsafe vectors[done].iov_base += written
                unsafe vectors[done].iov_len -= written
            }
        }
        return nil
    }
}
