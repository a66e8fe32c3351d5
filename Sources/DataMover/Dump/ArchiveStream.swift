// SPDX-License-Identifier: Apache-2.0

internal import CArchive
import ResticFormat

/// Turns entries into the bytes of a tar or zip archive, by libarchive.
///
/// What libarchive writes collects in memory until ``takeOutput()``; callers take it after each piece of content.
@safe
final class ArchiveStream {
    private let archive: OpaquePointer
    private let entry: OpaquePointer
    private let output = Output()
    private var isClosed = false

    /// What the write callback fills; a class of its own so that the callback needs no reference to the stream.
    private final class Output {
        var bytes: [UInt8] = []
    }

    /// - Throws: ``DumpError`` when libarchive cannot write the format.
    init(format: DumpFormat) throws {
        guard let archive = unsafe archive_write_new(), let entry = unsafe archive_entry_new() else {
            throw DumpError("out of memory for an archive")
        }
        unsafe self.archive = archive
        unsafe self.entry = entry
        switch format {
        case .tar:
            // Names are bytes: no conversion to a character set.
            try check(unsafe archive_write_set_format_pax(archive))
            try check(unsafe archive_write_set_options(archive, "hdrcharset=BINARY"))
        case .zip:
            try check(unsafe archive_write_set_format_zip(archive))
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
    }

    deinit {
        unsafe archive_entry_free(entry)
        unsafe archive_write_free(archive)
    }

    /// Begins the entry of a node; content of `byteCount` bytes follows if it is a file.
    func begin(_ node: Node, path: [UInt8], byteCount: Int) throws {
        unsafe archive_entry_clear(entry)
        unsafe withCString(path) { unsafe archive_entry_copy_pathname(entry, $0) }
        unsafe archive_entry_set_mode(entry, node.mode.posix)
        unsafe archive_entry_set_uid(entry, Int64(node.userID))
        unsafe archive_entry_set_gid(entry, Int64(node.groupID))
        if !node.user.isEmpty {
            unsafe withCString(Array(node.user.utf8)) { unsafe archive_entry_copy_uname(entry, $0) }
        }
        if !node.group.isEmpty {
            unsafe withCString(Array(node.group.utf8)) { unsafe archive_entry_copy_gname(entry, $0) }
        }
        unsafe archive_entry_set_mtime(
            entry,
            Int(node.modificationTime.seconds),
            Int(node.modificationTime.nanoseconds)
        )
        unsafe archive_entry_set_size(entry, Int64(byteCount))
        switch node.kind {
        case .symlink: unsafe withCString(node.linkTarget) { unsafe archive_entry_copy_symlink(entry, $0) }
        case .blockDevice, .characterDevice: unsafe archive_entry_set_rdev(entry, dev_t(node.device))
        default: break
        }
        for attribute in node.extendedAttributes {
            unsafe withCString(attribute.name) { name in
                // SAFETY: libarchive copies name and value during the call.
                unsafe attribute.value.withUnsafeBytes {
                    unsafe archive_entry_xattr_add_entry(entry, name, $0.baseAddress, $0.count)
                }
            }
        }
        try check(unsafe archive_write_header(archive, entry))
    }

    /// Appends content of the entry begun last.
    func append(_ bytes: Span<UInt8>) throws {
        // SAFETY: libarchive reads `count` bytes during the call.
        let written = unsafe bytes.withUnsafeBytes {
            unsafe archive_write_data(archive, $0.baseAddress, $0.count)
        }
        guard written == bytes.count else { throw failure() }
    }

    /// Writes what ends the archive.
    func close() throws {
        guard !isClosed else { return }
        isClosed = true
        try check(unsafe archive_write_close(archive))
    }

    /// The bytes written since the last call.
    func takeOutput() -> [UInt8] {
        defer { output.bytes = [] }
        return output.bytes
    }

    private func check(_ result: Int32) throws {
        // Warnings concern what a format cannot hold, such as attributes in a zip archive.
        guard result >= ARCHIVE_WARN else { throw failure() }
    }

    private func failure() -> DumpError {
        guard let text = unsafe archive_error_string(archive) else { return DumpError("libarchive failed") }
        return DumpError("cannot write the archive: " + (unsafe String(cString: text)))
    }

    private func withCString(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Void) {
        // SAFETY: terminated here and alive during the call.
        unsafe (bytes + [0]).withUnsafeBytes {
            guard let start = $0.baseAddress else { return }
            unsafe body(start.assumingMemoryBound(to: CChar.self))
        }
    }
}
