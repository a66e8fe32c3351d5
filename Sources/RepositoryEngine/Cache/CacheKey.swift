// SPDX-License-Identifier: Apache-2.0

import ByteTransforms

/// The key that seals what the cache decodes: keyed BLAKE2b of a label under the repository's master key.
enum CacheKey {
    static func derive(from masterKey: CipherKey) throws -> CipherKey {
        try masterKey.withBytes { master in
            let hasher = try BLAKE2bHasher(key: master)
            var bytes: [UInt8] = []
            defer { bytes.wipe() }
            bytes.reserveCapacity(CipherKey.byteCount)
            for part in 1...2 {
                let label = Array("velero repository cache \(part)".utf8)
                hasher.update(label.span)
                hasher.finalize().append(to: &bytes)
            }
            return try CipherKey(bytes: bytes.span)
        }
    }
}
