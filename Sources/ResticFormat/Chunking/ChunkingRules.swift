// SPDX-License-Identifier: Apache-2.0

/// Sizes that decide where files are cut; fixed, since chunk ids depend on them.
package enum ChunkingRules {
    /// No chunk is smaller than this, except the last of a file.
    package static let minimumByteCount = 512 << 10
    /// No chunk is larger than this.
    package static let maximumByteCount = 8 << 20
}
