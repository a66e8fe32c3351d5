// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// The password-based key derivation of RFC 7914.
package enum Scrypt {
    /// Cost parameters; `costFactor` is N, `blockFactor` r, `parallelism` p of the RFC.
    package struct Parameters: Hashable, Sendable {
        package var costFactor: Int
        package var blockFactor: Int
        package var parallelism: Int

        package init(costFactor: Int, blockFactor: Int, parallelism: Int) {
            self.costFactor = costFactor
            self.blockFactor = blockFactor
            self.parallelism = parallelism
        }

        /// Working memory of a derivation, in bytes; nil when the parameters are out of range.
        package var memoryByteCount: Int? {
            guard costFactor > 1, costFactor & (costFactor - 1) == 0, costFactor < 1 << 31 else { return nil }
            guard blockFactor > 0, parallelism > 0, blockFactor < 1 << 30, parallelism < 1 << 30 else { return nil }
            guard blockFactor * parallelism < 1 << 30 else { return nil }
            // Cannot overflow: below 2^7 · 2^30 · 2^32.
            let (blocks, overflow) = (128 * blockFactor).multipliedReportingOverflow(by: costFactor + parallelism + 2)
            return overflow ? nil : blocks
        }
    }

    /// Most memory a derivation may take, whatever a key file asks for: 1 GiB.
    package static let maximumMemoryByteCount = 1 << 30
    /// Most bytes of block mixing (128·N·r·p) a derivation may take: 64 GiB, about two minutes.
    package static let maximumWorkByteCount = 1 << 36

    /// Derives `byteCount` bytes from a password.
    ///
    /// Takes from milliseconds to minutes of CPU time, as the parameters say.
    ///
    /// - Throws: ``TransformError``: `.unsupported` for parameters outside the RFC's ranges, `.tooLarge` for ones above
    ///   ``maximumMemoryByteCount`` or ``maximumWorkByteCount``, `.unavailable` when libcrypto fails.
    package static func derive(
        password: Span<UInt8>,
        salt: Span<UInt8>,
        parameters: Parameters,
        byteCount: Int
    ) throws(TransformError) -> [UInt8] {
        guard let memory = parameters.memoryByteCount else {
            throw TransformError(.unsupported, "scrypt needs N a power of two above 1, and r and p above 0")
        }
        let (work, overflow) = (128 * parameters.costFactor * parameters.blockFactor)
            .multipliedReportingOverflow(by: parameters.parallelism)
        guard memory <= maximumMemoryByteCount, !overflow, work <= maximumWorkByteCount else {
            throw TransformError(.tooLarge, "scrypt parameters ask for more memory or time than is allowed")
        }
        var done: Int32 = 0
        let derived = [UInt8](capacity: byteCount) { span in
            // SAFETY: room for `byteCount` bytes, all written on success; password and salt are readable meanwhile.
            unsafe span.withUnsafeMutableBufferPointer { output, initializedCount in
                unsafe password.withUnsafeBytes { password in
                    unsafe salt.withUnsafeBufferPointer { salt in
                        // An absent password would select "no key" semantics, so an empty one still gets an address.
                        var empty: CChar = 0
                        done = unsafe withUnsafePointer(to: &empty) { empty in
                            unsafe EVP_PBE_scrypt(
                                password.baseAddress?.assumingMemoryBound(to: CChar.self) ?? empty,
                                password.count,
                                salt.baseAddress,
                                salt.count,
                                UInt64(parameters.costFactor),
                                UInt64(parameters.blockFactor),
                                UInt64(parameters.parallelism),
                                UInt64(memory) + (1 << 20),
                                output.baseAddress,
                                byteCount
                            )
                        }
                    }
                }
                if done == 1 { initializedCount = byteCount }
            }
        }
        guard done == 1 else { throw TransformError(.unavailable, "libcrypto cannot derive a key with scrypt") }
        return derived
    }
}
