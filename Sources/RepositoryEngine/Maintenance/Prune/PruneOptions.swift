// SPDX-License-Identifier: Apache-2.0

/// What prune may do.
package struct PruneOptions: Sendable {
    /// How much unused data may stay.
    package enum UnusedLimit: Sendable, Equatable {
        /// Of all data that stays, in percent: 0 ..< 100.
        case percentOfTotal(Double)
        case bytes(Int)
        case unlimited
    }

    package var unusedLimit = UnusedLimit.percentOfTotal(5)
    /// Most bytes of packs to repack; nil for any number.
    package var maximumRepackByteCount: Int?
    /// Repacks only packs of trees, which local caches hold.
    package var repacksCacheableOnly = false
    /// Packs below this are merged; nil derives it from the pack size in use.
    package var smallPackByteCount: Int?
    /// Compresses what a format 1 repository left uncompressed; trees always are.
    package var repacksUncompressed = false
    package var isDryRun = false

    package init() {}
}
