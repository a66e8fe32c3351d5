// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives

/// The HTTP client over libcurl's multi interface: one thread per client moves all bytes, tasks meet it in bounded mailboxes.
///
/// Connections are kept and reused. Answers are streamed with back-pressure: a reader that falls behind stops reception at
/// ``Configuration/receiveWindowByteCount`` unread bytes (plus what libcurl has in its own receive buffer). Request bodies are
/// read in place from the caller's arrays.
///
/// A server may close an idle connection at the very moment a request goes out on it. A request whose reused connection ends before
/// one byte of answer is sent once more on a new one; it may thus arrive twice, whatever its method.
package final class CurlHTTPClient: HTTPClient {
    package let configuration: Configuration
    private let loop: CurlLoop
    private let buffers = RecycledBuffers(limit: 6, largestByteCount: 33 << 20)

    /// Starts the client's thread; ``close()`` ends it.
    ///
    /// A client that is dropped unclosed ends its thread on its own.
    ///
    /// - Throws: ``HTTPError`` with `.library` if the thread cannot be started.
    package init(configuration: Configuration = Configuration()) throws(HTTPError) {
        self.configuration = configuration
        self.loop = try CurlLoop.start(configuration: configuration)
    }

    deinit { loop.requestStop() }

    /// Runs `body` with a client that is closed when `body` ends.
    package static func withClient<Result>(
        configuration: Configuration = Configuration(),
        _ body: (CurlHTTPClient) async throws -> Result
    ) async throws -> Result {
        let client = try CurlHTTPClient(configuration: configuration)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Ends the client: running requests fail with `.closed`, connections are closed, and its thread has ended on return.
    ///
    /// Not shielded from nor ended by cancellation; takes as long as the loop's current round.
    package func close() async {
        loop.requestStop()
        await loop.waitUntilStopped()
    }

    package func execute<Result: Sendable>(
        _ request: HTTPRequest,
        _ handle: (HTTPResponseHead, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        let window = BodyUse.streamed(windowByteCount: configuration.receiveWindowByteCount)
        return try await run(request, window) { exchange in
            let head = try await exchange.head()
            let loop = loop
            let body = HTTPResponseBody {
                let next = try await withTaskCancellationHandler {
                    try await exchange.nextPiece()
                } onCancel: {
                    loop.cancel(exchange)
                }
                if next.resumes { loop.resumeReception(of: exchange) }
                return next.piece
            }
            return try await handle(head, body)
        }
    }

    package func send(
        _ request: HTTPRequest,
        maximumBodyByteCount maximumByteCount: Int
    ) async throws -> (head: HTTPResponseHead, bytes: [UInt8]) {
        try await run(request, .collected(maximumByteCount: maximumByteCount)) { exchange in
            try await exchange.collected()
        }
    }

    package func recycle(_ bytes: consuming [UInt8]) { buffers.giveBack(bytes) }

    private typealias BodyUse = Exchange.BodyUse

    /// Runs one exchange: submission, upload of a streamed body, `receive`, and the end of the transfer whatever happens.
    private func run<Result: Sendable>(
        _ request: HTTPRequest,
        _ bodyUse: BodyUse,
        _ receive: (Exchange) async throws -> Result
    ) async throws -> Result {
        try request.validate()
        try Task.checkCancellation()
        guard case .stream(let stream) = request.body else {
            let exchange = Exchange(bodyUse: bodyUse, upload: nil, buffers: buffers)
            return try await withTransfer(request, exchange, receive)
        }
        let upload = UploadMailbox(windowByteCount: configuration.sendWindowByteCount)
        let exchange = Exchange(bodyUse: bodyUse, upload: upload, buffers: buffers)
        let loop = loop
        // The source runs beside the reception of the answer and ends with it: the end of the exchange closes the mailbox, and
        // leaving this scope cancels and awaits the child task.
        async let _ = Self.fill(upload, from: stream, for: exchange, loop)
        return try await withTransfer(request, exchange, receive)
    }

    private static func fill(
        _ upload: UploadMailbox,
        from stream: HTTPRequestStream,
        for exchange: Exchange,
        _ loop: CurlLoop
    ) async {
        do {
            try await upload.fill(from: stream) { loop.resumeSending(of: exchange) }
        } catch {
            loop.fail(exchange, error)
        }
    }

    private func withTransfer<Result: Sendable>(
        _ request: HTTPRequest,
        _ exchange: Exchange,
        _ receive: (Exchange) async throws -> Result
    ) async throws -> Result {
        loop.submit(request, exchange)
        defer { if exchange.abandon() { loop.abandon(exchange) } }
        return try await withTaskCancellationHandler {
            try await receive(exchange)
        } onCancel: {
            loop.cancel(exchange)
        }
    }
}
