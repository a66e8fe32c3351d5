// SPDX-License-Identifier: Apache-2.0

internal import CArchive
package import KubeModel

/// An archive that could not be written.
package struct ArchiveError: Error, Sendable, CustomStringConvertible {
    package let description: String
}

/// Turns files into the bytes of a compressed tarball, or plain bytes into compressed ones, by libarchive.
///
/// What is written collects in memory until ``takeOutput()``. Not thread-safe; one instance per archive.
@safe
package final class ArchiveWriter {
    /// What is compressed.
    package enum Form: Sendable {
        /// Files with names.
        case tarball
        /// One text.
        case plain
    }

    private let archive: OpaquePointer
    private let entry: OpaquePointer
    private let output = Output()
    private var isClosed = false

    /// What the write callback fills; a class of its own so that the callback needs no reference to the writer.
    private final class Output {
        var bytes: [UInt8] = []
    }

    /// - Throws: ``ArchiveError`` when there is no memory for it.
    package init(_ form: Form) throws {
        guard let archive = unsafe archive_write_new(), let entry = unsafe archive_entry_new() else {
            throw ArchiveError(description: "out of memory for an archive")
        }
        unsafe self.archive = archive
        unsafe self.entry = entry
        try check(unsafe archive_write_add_filter_gzip(archive))
        switch form {
        case .tarball:
            // Names are bytes: no conversion to a character set.
            try check(unsafe archive_write_set_format_pax_restricted(archive))
            try check(unsafe archive_write_set_options(archive, "hdrcharset=BINARY,gzip:!timestamp"))
        case .plain:
            try check(unsafe archive_write_set_format_raw(archive))
            try check(unsafe archive_write_set_options(archive, "gzip:!timestamp"))
        }
        try check(unsafe archive_write_set_bytes_per_block(archive, 0))
        // SAFETY: `output` outlives `archive`, whose last callback happens in close or free, both before `self` lets go of it.
        let context = unsafe Unmanaged.passUnretained(output).toOpaque()
        try check(
            unsafe archive_write_open(
                archive,
                context,
                nil,
                { _, context, buffer, count in
                    guard let context = unsafe context, let buffer = unsafe buffer else { return 0 }
                    let output = unsafe Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
                    // SAFETY: libarchive lends `count` readable bytes for the duration of the callback.
                    unsafe output.bytes.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: count))
                    return count
                },
                nil
            )
        )
        if form == .plain {
            unsafe archive_entry_set_filetype(entry, UInt32(S_IFREG))
            try check(unsafe archive_write_header(archive, entry))
        }
    }

    deinit {
        unsafe archive_entry_free(entry)
        unsafe archive_write_free(archive)
    }

    /// Appends a file of a tarball.
    ///
    /// - Parameter path: Relative, without `.` and `..`.
    @inline(never)
    package func append(_ path: String, _ content: [UInt8], modified: KubeTime) throws {
        unsafe archive_entry_clear(entry)
        unsafe archive_entry_copy_pathname(entry, path)
        unsafe archive_entry_set_filetype(entry, UInt32(S_IFREG))
        unsafe archive_entry_set_perm(entry, 0o755)
        unsafe archive_entry_set_mtime(entry, Int(modified.seconds), 0)
        unsafe archive_entry_set_size(entry, Int64(content.count))
        try check(unsafe archive_write_header(archive, entry))
        try append(content)
    }

    /// Appends to the text, or to the file begun last.
    @inline(never)
    package func append(_ content: [UInt8]) throws {
        guard !content.isEmpty else { return }
        // SAFETY: libarchive reads `count` bytes during the call.
        let written = unsafe content.withUnsafeBytes {
            unsafe archive_write_data(archive, $0.baseAddress, $0.count)
        }
        guard written == content.count else { throw failure() }
    }

    /// Writes what ends the archive.
    @inline(never)
    package func close() throws {
        guard !isClosed else { return }
        isClosed = true
        try check(unsafe archive_write_close(archive))
    }

    /// Bytes that ``takeOutput()`` would give.
    package var outputByteCount: Int { output.bytes.count }

    /// The bytes written since the last call.
    package func takeOutput() -> [UInt8] {
        defer { output.bytes = [] }
        return output.bytes
    }

    /// A text, compressed.
    package static func compress(_ content: [UInt8]) throws -> [UInt8] {
        let writer = try ArchiveWriter(.plain)
        try writer.append(content)
        try writer.close()
        return writer.takeOutput()
    }

    private func check(_ result: Int32) throws {
        guard result >= ARCHIVE_WARN else { throw failure() }
    }

    private func failure() -> ArchiveError {
        guard let text = unsafe archive_error_string(archive) else {
            return ArchiveError(description: "libarchive failed")
        }
        return ArchiveError(description: "cannot write the archive: " + (unsafe String(cString: text)))
    }
}
