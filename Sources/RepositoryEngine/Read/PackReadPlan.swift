// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// Which parts of a pack to fetch for some of its blobs, in few requests; pure.
package enum PackReadPlan {
    /// Unwanted bytes fetched at most between two wanted blobs rather than starting another request.
    package static let maximumGap = 1 << 20
    /// Largest request, unless a single blob is larger.
    package static let maximumRequestByteCount = 32 << 20

    /// One request and the blobs it covers, in offset order.
    package struct Request: Equatable, Sendable {
        package var range: Range<Int>
        package var blobs: [PackEntry]
    }

    /// Merges blobs of one pack into requests.
    package static func requests(for blobs: [PackEntry]) -> [Request] {
        var requests: [Request] = []
        for blob in blobs.sorted(by: { $0.offset < $1.offset }) {
            let range = Int(blob.offset)..<(Int(blob.offset) + Int(blob.storedLength))
            if let last = requests.last, range.lowerBound - last.range.upperBound <= maximumGap,
                max(range.upperBound, last.range.upperBound) - last.range.lowerBound <= maximumRequestByteCount
            {
                let end = max(range.upperBound, last.range.upperBound)
                requests[requests.count - 1].range = last.range.lowerBound..<end
                requests[requests.count - 1].blobs.append(blob)
            } else {
                requests.append(Request(range: range, blobs: [blob]))
            }
        }
        return requests
    }
}
