// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// A daemon of libmicrohttpd and what its thread answers with.
///
// Invariant: `daemon` is set once in init and handed out for stopping once, under `isStopped`; libmicrohttpd allows stopping from any
// thread but its own. `sources` is Sendable and read only.
@safe final class HealthDaemon: @unchecked Sendable {
    let port: UInt16
    private let sources: HealthSources
    private var daemon: OpaquePointer?
    private let isStopped = Mutex(false)

    /// Takes over the socket, also when it fails.
    init(
        _ socket: ListeningSocket,
        _ sources: HealthSources,
        connectionLimit: UInt32,
        connectionByteCount: Int,
        timeoutInSeconds: UInt32
    ) throws {
        port = socket.port
        self.sources = sources
        // SAFETY: self outlives the daemon, which `stop` (at the latest deinit) ends and waits for. The options are pairs of the
        // types microhttpd.h gives for each, ended by MHD_OPTION_END.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let options: [any CVarArg] = [
            MHD_OPTION.LISTEN_SOCKET.rawValue, socket.descriptor,
            MHD_OPTION.CONNECTION_LIMIT.rawValue, connectionLimit,
            MHD_OPTION.CONNECTION_MEMORY_LIMIT.rawValue, connectionByteCount,
            MHD_OPTION.CONNECTION_TIMEOUT.rawValue, timeoutInSeconds,
            MHD_OPTION.END.rawValue,
        ]
        let flags = MHD_USE_INTERNAL_POLLING_THREAD.rawValue | MHD_USE_POLL.rawValue | MHD_USE_ITC.rawValue
        unsafe daemon = withVaList(options) { list in
            unsafe MHD_start_daemon_va(flags, 0, nil, nil, answerRequest, context, list)
        }
        guard unsafe daemon != nil else {
            close(socket.descriptor)
            throw HealthServerError(description: "the server for metrics and health cannot start")
        }
    }

    deinit { stop() }

    /// Closes every connection and waits for the daemon's thread; later calls do nothing.
    func stop() {
        let isFirst = isStopped.withLock { isStopped in
            defer { isStopped = true }
            return !isStopped
        }
        // SAFETY: only the first call gets here, so the daemon is stopped once.
        if isFirst, let daemon = unsafe daemon { unsafe MHD_stop_daemon(daemon) }
    }

    /// Queues the answer to one request, on the daemon's thread.
    fileprivate func answer(_ connection: OpaquePointer?, path: String, method: String) -> MHD_Result {
        let answer = HealthAnswer.answer(method: method, path: path, sources)
        var body = Array(answer.body.utf8)
        // SAFETY: the library copies the body during the call, and gets its count; header texts are copied, too. The response is
        // counted by references and given back once.
        let mode = MHD_ResponseMemoryMode.RESPMEM_MUST_COPY
        guard let response = unsafe MHD_create_response_from_buffer(body.count, &body, mode) else { return .NO }
        defer { unsafe MHD_destroy_response(response) }
        _ = unsafe MHD_add_response_header(response, "Content-Type", answer.contentType)
        _ = unsafe MHD_add_response_header(response, "Cache-Control", "no-store")
        return unsafe MHD_queue_response(connection, UInt32(answer.status), response)
    }
}

/// Called by libmicrohttpd for every request, once for its head and again for pieces of its body, which are thrown away.
private func answerRequest(
    context: UnsafeMutableRawPointer?,
    connection: OpaquePointer?,
    path: UnsafePointer<CChar>?,
    method: UnsafePointer<CChar>?,
    version: UnsafePointer<CChar>?,
    upload: UnsafePointer<CChar>?,
    uploadByteCount: UnsafeMutablePointer<Int>?,
    requestContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    // SAFETY: the texts are terminated and live during the call; the context is the daemon's object, alive until the daemon ended.
    guard let context = unsafe context, let path = unsafe path, let method = unsafe method else { return .NO }
    // A request with a body is refused at once: answering at its head closes the connection after it.
    let daemon = unsafe Unmanaged<HealthDaemon>.fromOpaque(context).takeUnretainedValue()
    return unsafe daemon.answer(connection, path: String(cString: path), method: String(cString: method))
}
