// SPDX-License-Identifier: Apache-2.0

/// Remembers which keys a listing has reported, in 16 bytes a key: two independent hashes, so that a million keys collide with
/// a probability below 10⁻²⁶.
struct ReportedKeys {
    private struct Fingerprint: Hashable {
        let first: Int
        let second: Int

        static func == (left: Self, right: Self) -> Bool {
            left.first == right.first && left.second == right.second
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(first)
        }
    }

    private var fingerprints: Set<Fingerprint> = []

    var count: Int { fingerprints.count }

    /// Remembers `key`; false when it was known.
    mutating func insert(_ key: String) -> Bool {
        fingerprints.insert(Fingerprint(first: Self.hash(key, seed: 1), second: Self.hash(key, seed: 2))).inserted
    }

    // Over the bytes, not the String: keys that Unicode calls equivalent are different objects.
    private static func hash(_ key: String, seed: UInt8) -> Int {
        var hasher = Hasher()
        hasher.combine(seed)
        for byte in key.utf8 { hasher.combine(byte) }
        return hasher.finalize()
    }
}
