// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Glibc

// SAFETY: for every callback below. `context` is the transfer `configureHandle` set; the driver keeps it until the handle has left
// the multi handle, and libcurl calls back only from within multi functions, which run on the loop thread. `pointer` is libcurl's
// and valid for `size * count` bytes until the callback returns; none of it is kept.

/// Body bytes of the answer.
let curlWriteCallback: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    pointer,
    size,
    count,
    context in
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return unsafe transfer.receiveBody(UnsafeRawBufferPointer(start: pointer, count: size * count))
}

/// One line of the answer's head.
let curlHeaderCallback: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    pointer,
    size,
    count,
    context in
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return unsafe transfer.receiveHeadLine(UnsafeRawBufferPointer(start: pointer, count: size * count))
}

/// Room for body bytes of the request.
let curlReadCallback: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    pointer,
    size,
    count,
    context in
    guard let context = unsafe context else { return Int(CURL_READFUNC_ABORT) }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return unsafe transfer.provideBody(UnsafeMutableRawBufferPointer(start: pointer, count: size * count))
}

/// The body of the request has to be sent again from `offset`.
let curlSeekCallback: @convention(c) (UnsafeMutableRawPointer?, curl_off_t, Int32) -> Int32 = {
    context,
    offset,
    origin in
    guard let context = unsafe context, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.seekBody(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}

/// A fresh socket: the kernel gives the connection up when its peer has acknowledged nothing for a minute.
let curlSocketCallback: @convention(c) (UnsafeMutableRawPointer?, curl_socket_t, curlsocktype) -> Int32 = {
    _,
    socket,
    _ in
    var milliseconds: UInt32 = 60_000
    // SAFETY: the kernel reads the four bytes of the local. That some kind of socket knows no such limit does no harm.
    unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, 4)
    return CURL_SOCKOPT_OK
}

extension CurlTransfer {
    /// - Returns: As libcurl's write callback: the bytes taken, a pause, or anything else to end the transfer.
    fileprivate func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        noteMovement()
        if let head = parser.takeHeldBackHead() { publish(head) }
        do throws(HTTPError) {
            switch unsafe try exchange.receive(bytes, origin: origin) {
            case .taken:
                receivedByteCount += bytes.count
                flushLater()
                return bytes.count
            case .paused:
                isReceptionPaused = true
                return Int(CURL_WRITEFUNC_PAUSE)
            case .unwanted:
                guard isWorthDraining else { return Int(CURL_WRITEFUNC_ERROR) }
                receivedByteCount += bytes.count
                return bytes.count
            }
        } catch {
            failure = error
            return Int(CURL_WRITEFUNC_ERROR)
        }
    }

    /// - Returns: As libcurl's header callback: the bytes taken, or anything else to end the transfer.
    fileprivate func receiveHeadLine(_ bytes: UnsafeRawBufferPointer) -> Int {
        noteMovement()
        do throws(HTTPError) {
            let line = unsafe Span<UInt8>(_unsafeElements: bytes.assumingMemoryBound(to: UInt8.self))
            if case .head(let head) = try parser.consume(line, origin: origin) {
                publish(head)
                try checkAnnouncedByteCount()
            }
            return bytes.count
        } catch {
            failure = error
            return Int(CURL_WRITEFUNC_ERROR)
        }
    }

    /// Refuses a body that cannot fit before any of it is read.
    private func checkAnnouncedByteCount() throws(HTTPError) {
        guard case .collected(let maximumByteCount) = exchange.bodyUse, let announcedByteCount,
            announcedByteCount > maximumByteCount
        else { return }
        throw .bodyTooLarge(maximumByteCount: maximumByteCount, origin: origin)
    }

    /// - Returns: As libcurl's read callback: the bytes given, 0 at the end, a pause or an abort.
    fileprivate func provideBody(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        noteMovement()
        switch request.body {
        case .none: return 0
        case .pieces(let pieces): return unsafe provide(pieces, buffer)
        case .stream:
            switch unsafe exchange.upload?.read(into: buffer) ?? .failed {
            case .bytes(let count): return count
            case .end: return 0
            case .paused:
                isSendingPaused = true
                return Int(CURL_READFUNC_PAUSE)
            case .failed: return Int(CURL_READFUNC_ABORT)
            }
        }
    }

    /// Copies from the caller's own arrays into libcurl's send buffer, as many pieces as fit.
    private func provide(_ pieces: [[UInt8]], _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filledByteCount = 0
        while position.piece < pieces.count, filledByteCount < buffer.count {
            let piece = pieces[position.piece]
            let count = min(piece.count - position.offset, buffer.count - filledByteCount)
            // SAFETY: `count` fits what is left of both; the array cannot overlap libcurl's buffer.
            unsafe piece.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filledByteCount...])
                    .copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: source[position.offset..<(position.offset + count)])
                    )
            }
            filledByteCount += count
            position.offset += count
            if position.offset == piece.count { position = (position.piece + 1, 0) }
        }
        return filledByteCount
    }

    fileprivate func seekBody(to offset: Int) -> Bool {
        guard case .pieces(let pieces) = request.body, offset >= 0 else { return false }
        var remaining = offset
        for (index, piece) in pieces.enumerated() {
            if remaining < piece.count {
                position = (index, remaining)
                return true
            }
            remaining -= piece.count
        }
        position = (pieces.count, 0)
        return remaining == 0
    }
}
