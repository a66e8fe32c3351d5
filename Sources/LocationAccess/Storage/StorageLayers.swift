// SPDX-License-Identifier: Apache-2.0

package import ObjectStorage

/// What every store is wrapped in: a bound that follows throttling, bandwidth limits, retries.
package struct StorageLayers: Sendable {
    /// In bytes a second; nil for no limit.
    package var uploadLimit: Int?
    /// In bytes a second; nil for no limit.
    package var downloadLimit: Int?
    /// Counts every request, repeated ones each time; nil to count nothing.
    package var meter: StorageMeter?
    package var retryPolicy = RetryPolicy()
    /// Told before a failed request is repeated; must not block.
    package var onRetry: @Sendable (Retrier.Event) -> Void = { _ in }

    package init() {}

    /// Wraps a store.
    ///
    /// - Parameter isRemote: Whether it is reached over a network, and may ask for fewer requests.
    package func around(_ store: any ObjectStorage, isRemote: Bool) -> any ObjectStorage {
        var store = store
        if let meter { store = MeteredStorage(store, meter: meter) }
        if isRemote { store = AdaptiveConcurrencyStorage(store) }
        if uploadLimit != nil || downloadLimit != nil {
            store = BandwidthLimitedStorage(
                store,
                upload: uploadLimit.map { BandwidthLimiter(byteCountPerSecond: $0) },
                download: downloadLimit.map { BandwidthLimiter(byteCountPerSecond: $0) }
            )
        }
        return RetryingStorage(store, retrier: Retrier(policy: retryPolicy, onRetry: onRetry))
    }
}
