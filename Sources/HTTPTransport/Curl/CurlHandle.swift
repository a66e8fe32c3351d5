// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import CShims

/// An easy handle with its error buffer, for one transfer.
///
/// Never leaves the loop thread. Handles are not used again: one that shared an HTTP/2 connection may keep its old receive buffer
/// and then refuses options; making one costs microseconds.
@safe
final class CurlHandle {
    let pointer: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var targetList: UnsafeMutablePointer<curl_slist>?

    /// - Returns: nil if libcurl has no memory for it.
    init?() {
        guard let pointer = unsafe curl_easy_init() else { return nil }
        unsafe self.pointer = pointer
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        // SAFETY: libcurl writes at most CURL_ERROR_SIZE bytes, the buffer's size; it lives as long as the handle.
        unsafe shims_curl_easy_setopt_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)
    }

    deinit {
        // SAFETY: the driver removed the handle from the multi handle first, so no callback runs; list and buffer are freed
        // after the handle that points to them.
        unsafe curl_easy_cleanup(pointer)
        unsafe curl_slist_free_all(headerList)
        unsafe curl_slist_free_all(targetList)
        unsafe errorText.deallocate()
    }

    /// libcurl's own words for the last failure; empty if it has none.
    var detail: String { unsafe String(cString: errorText) }

    // MARK: Options

    func set(_ option: CURLoption, _ value: Int) { check(unsafe shims_curl_easy_setopt_long(pointer, option, value)) }

    func set(_ option: CURLoption, offset value: Int) {
        check(unsafe shims_curl_easy_setopt_offset(pointer, option, Int64(value)))
    }

    func set(_ option: CURLoption, _ value: String?) {
        check(unsafe shims_curl_easy_setopt_string(pointer, option, value))
    }

    func set(_ option: CURLoption, bytes: [UInt8]) {
        // SAFETY: libcurl copies the bytes before this returns.
        unsafe bytes.withUnsafeBytes { bytes in
            check(unsafe shims_curl_easy_setopt_blob(pointer, option, bytes.baseAddress, bytes.count))
        }
    }

    func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) {
        check(unsafe shims_curl_easy_setopt_pointer(pointer, option, value))
    }

    /// The first option this libcurl did not take.
    private(set) var failure: CURLcode?

    private func check(_ status: CURLcode) {
        if status != CURLE_OK, failure == nil { failure = status }
    }

    func setCallbacks() {
        check(unsafe shims_curl_easy_setopt_write_function(pointer, CURLOPT_WRITEFUNCTION, curlWriteCallback))
        check(unsafe shims_curl_easy_setopt_write_function(pointer, CURLOPT_HEADERFUNCTION, curlHeaderCallback))
        check(unsafe shims_curl_easy_setopt_read_function(pointer, curlReadCallback))
        check(unsafe shims_curl_easy_setopt_seek_function(pointer, curlSeekCallback))
    }

    /// Has the kernel give up a connection whose peer acknowledges nothing for a minute.
    func setAcknowledgementLimit() {
        check(unsafe shims_curl_easy_setopt_socket_function(pointer, curlSocketCallback))
    }

    /// Sets the request's header lines, in libcurl's notation.
    func setHeaders(_ lines: [String]) {
        for line in lines {
            guard let list = unsafe curl_slist_append(headerList, line) else {
                failure = CURLE_OUT_OF_MEMORY
                return
            }
            unsafe headerList = list
        }
        // SAFETY: libcurl keeps the list; it is freed in `deinit`, after the handle.
        check(unsafe shims_curl_easy_setopt_list(pointer, CURLOPT_HTTPHEADER, headerList))
    }

    /// Connects to `authority` (host and port) whatever the URL says.
    func setConnectionTarget(_ authority: String) {
        guard let list = unsafe curl_slist_append(targetList, "::\(authority)") else {
            failure = CURLE_OUT_OF_MEMORY
            return
        }
        unsafe targetList = list
        // SAFETY: as for the headers.
        check(unsafe shims_curl_easy_setopt_list(pointer, CURLOPT_CONNECT_TO, targetList))
    }

    // MARK: Information

    func info(_ info: CURLINFO) -> Int {
        var value = 0
        unsafe shims_curl_easy_getinfo_long(pointer, info, &value)
        return value
    }

    func offsetInfo(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        unsafe shims_curl_easy_getinfo_offset(pointer, info, &value)
        return Int(value)
    }
}
