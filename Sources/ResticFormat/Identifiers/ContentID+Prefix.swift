// SPDX-License-Identifier: Apache-2.0

extension ContentID {
    /// What the first digits of an id lead to.
    package enum PrefixMatch: Hashable, Sendable {
        case none
        case one(ContentID)
        /// How many ids begin so.
        case several(Int)
    }

    /// Finds the id that begins with `prefix`, which must not be empty.
    ///
    /// - Complexity: O(n) comparisons, no text made.
    package static func find(prefix: String, among ids: some Sequence<ContentID>) -> PrefixMatch {
        let digits = Array(prefix.utf8)
        guard !digits.isEmpty, digits.count <= 64 else { return .none }
        let padding = [UInt8](repeating: 0x30, count: 64 - digits.count)
        guard let lowest = ContentID(hex: String(decoding: digits + padding, as: UTF8.self)) else { return .none }
        let top = [UInt8](repeating: 0x66, count: 64 - digits.count)
        guard let highest = ContentID(hex: String(decoding: digits + top, as: UTF8.self)) else { return .none }
        var found: Set<ContentID> = []
        for id in ids where lowest <= id && id <= highest { found.insert(id) }
        guard let first = found.first else { return .none }
        return found.count == 1 ? .one(first) : .several(found.count)
    }
}
