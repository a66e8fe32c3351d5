// SPDX-License-Identifier: Apache-2.0

/// Which generation of restic's JSON text to produce; both are read alike.
///
/// The choice only matters where text is hashed as it is, which is the case for trees.
package enum JSONDialect: Sendable, CaseIterable {
    /// As restic 0.19 writes: `\b` and `\f`, printable characters of Unicode 15.0.
    case current
    /// As restic 0.14 writes: `\u0008` and `\u000c`, printable characters of Unicode 13.0.
    case restic014
}
