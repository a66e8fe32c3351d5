// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import S3Storage
import TestSupport
import Testing

@Suite("S3Storage keeps every promise of ObjectStorage, against rclone", .tags(.integration), .s3Server(.rclone))
struct RcloneConformanceTests {
    @Test(.timeLimit(.minutes(5)), arguments: ObjectStorageConformance.Check.allCases)
    func keeps(_ check: ObjectStorageConformance.Check) async throws {
        let store = try await S3TestServer.required().freshStore(prefix: "some/prefix")
        // rclone pairs the size of one version with the bytes of another while an object is replaced.
        try await ObjectStorageConformance(forgiving(store, in: check), replacesAtomically: false).run(check)
    }
}

@Suite("S3Storage keeps every promise of ObjectStorage, against moto", .tags(.integration), .s3Server(.moto))
struct MotoConformanceTests {
    @Test(.timeLimit(.minutes(5)), arguments: ObjectStorageConformance.Check.allCases)
    func keeps(_ check: ObjectStorageConformance.Check) async throws {
        let store = try await S3TestServer.required().freshStore()
        try await ObjectStorageConformance(forgiving(store, in: check), manyCount: 1_100).run(check)
    }
}

/// Both servers say 500 now and then when many write at once: a failure that passes, which the retry decorator is for.
private func forgiving(_ store: S3Storage, in check: ObjectStorageConformance.Check) -> any ObjectStorage {
    guard check == .concurrentUse || check == .listsManyPages else { return store }
    let policy = RetryPolicy(initialDelay: .milliseconds(20), maximumDelay: .milliseconds(200), totalTime: .seconds(60))
    return RetryingStorage(store, retrier: Retrier(policy: policy))
}
