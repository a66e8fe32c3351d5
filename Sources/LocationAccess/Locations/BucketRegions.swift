// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Storage
import Synchronization

/// Finds the regions of Amazon's buckets, each asked for once.
final class BucketRegions: Sendable {
    private let known = Mutex<[String: String]>([:])
    private let transport: @Sendable () throws -> any HTTPClient

    /// - Parameter transport: Makes a client when one is needed, which is seldom.
    init(transport: @escaping @Sendable () throws -> any HTTPClient = { try CurlHTTPClient() }) {
        self.transport = transport
    }

    /// The region of a bucket, which Amazon tells whoever asks, whether allowed to use the bucket or not.
    ///
    /// - Throws: ``LocationError`` if it cannot be found out.
    func region(of bucket: String) async throws -> String {
        if let region = known.withLock({ $0[bucket] }) { return region }
        let place = try S3Location(host: "s3.amazonaws.com", bucket: bucket)
        let endpoint = S3Endpoint(place, addressing: .path)
        let request = HTTPRequest(
            method: "HEAD",
            url: "https://\(endpoint.authority)\(endpoint.encodedPath(nil))",
            totalTimeout: .seconds(30)
        )
        let advice = "set region in the config of the backup storage location"
        let client = try transport()
        let head: HTTPResponseHead
        do {
            head = try await client.send(request, maximumBodyByteCount: 1 << 16).head
        } catch let error as HTTPError {
            throw LocationError(
                .incomplete,
                "failed to detect the region via bucket: \(bucket): \(error.message); \(advice)"
            )
        }
        guard let region = head.header("x-amz-bucket-region"), !region.isEmpty else {
            let reason = head.status == 404 ? "the bucket does not exist" : "the server answered \(head.status)"
            throw LocationError(.incomplete, "failed to detect the region via bucket: \(bucket): \(reason); \(advice)")
        }
        known.withLock { $0[bucket] = region }
        return region
    }
}
