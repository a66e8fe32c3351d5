// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat

extension Repository {
    /// Reads several blobs of one pack in as few requests as make sense, and hands each verified plaintext to `deliver`.
    ///
    /// Neighbours are fetched together across gaps of up to 1 MiB, at most 32 MiB at once. A blob that is damaged or missing here is
    /// looked for in its other copies. Memory: one request's bytes and the largest plaintext.
    ///
    /// - Parameters:
    ///   - blobs: Of the same pack, ascending by offset.
    ///   - deliver: Called with the place in `blobs` and the plaintext, which lives for the call only.
    ///   - fail: Called with the place in `blobs` of a blob no copy of which is good.
    /// - Throws: `CancellationError`, and storage errors that concern every blob, such as refused credentials.
    package func readBlobs(
        _ blobs: [PackedBlob],
        deliver: (Int, Span<UInt8>) -> Void,
        fail: (Int, any Error) -> Void
    ) async throws {
        for request in PackRequest.requests(for: blobs) {
            try Task.checkCancellation()
            var damaged: [Int] = []
            do {
                let bytes = try await storage.get(
                    RepositoryLayout.key(blobs[request.blobs.lowerBound].pack),
                    range: request.range
                )
                damaged =
                    bytes.count == request.range.count
                    ? try open(request, of: blobs, in: bytes, deliver: deliver) : Array(request.blobs)
            } catch let error as StorageError where error.code == .notFound || error.code == .rangeNotSatisfiable {
                damaged = Array(request.blobs)
            }
            for index in damaged {
                do {
                    let plaintext = try await readBlob(blobs[index].blob.kind, blobs[index].blob.id)
                    deliver(index, plaintext.span)
                } catch let error as CancellationError {
                    throw error
                } catch {
                    fail(index, error)
                }
            }
        }
    }

    /// - Returns: The blobs whose bytes are not what they should be.
    private func open(
        _ request: PackRequest,
        of blobs: [PackedBlob],
        in bytes: [UInt8],
        deliver: (Int, Span<UInt8>) -> Void
    ) throws -> [Int] {
        try codecs.withCodec { codec in
            var damaged: [Int] = []
            var plaintext: [UInt8] = []
            for index in request.blobs {
                let range = blobs[index].range
                let sealed = bytes.span.extracting(
                    (range.lowerBound - request.range.lowerBound)..<(range.upperBound - request.range.lowerBound)
                )
                plaintext.removeAll(keepingCapacity: true)
                do {
                    try codec.open(sealed, as: blobs[index].blob, appendingTo: &plaintext)
                } catch {
                    damaged.append(index)
                    continue
                }
                deliver(index, plaintext.span)
            }
            return damaged
        }
    }
}

/// One range request that fetches several blobs of a pack.
struct PackRequest: Equatable, Sendable {
    /// Bytes of the pack.
    var range: Range<Int>
    /// The blobs inside, as places in the list they came from.
    var blobs: Range<Int>

    /// Bytes nobody asked for that are still cheaper to fetch than another request.
    static let maximumGapByteCount = 1 << 20
    static let maximumByteCount = 32 << 20

    /// Groups blobs of one pack, ascending by offset.
    static func requests(for blobs: [PackedBlob]) -> [PackRequest] {
        var requests: [PackRequest] = []
        for (index, blob) in blobs.enumerated() {
            if let last = requests.last, blob.range.lowerBound - last.range.upperBound <= maximumGapByteCount,
                blob.range.upperBound - last.range.lowerBound <= maximumByteCount
            {
                let end = max(last.range.upperBound, blob.range.upperBound)
                requests[requests.count - 1].range = last.range.lowerBound..<end
                requests[requests.count - 1].blobs = last.blobs.lowerBound..<(index + 1)
            } else {
                requests.append(PackRequest(range: blob.range, blobs: index..<(index + 1)))
            }
        }
        return requests
    }
}
