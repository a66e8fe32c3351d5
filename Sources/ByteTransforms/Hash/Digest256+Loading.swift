// SPDX-License-Identifier: Apache-2.0

extension Digest256 {
    /// Lets `body` write 32 bytes and reads them as a digest.
    @inline(__always)
    init(writtenBy body: (UnsafeMutablePointer<UInt8>) -> Void) {
        var storage: InlineArray<4, UInt64> = .init(repeating: 0)
        // SAFETY: the four words are 32 contiguous bytes, alive and not otherwise accessed during the call.
        unsafe withUnsafeMutablePointer(to: &storage) { words in
            unsafe words.withMemoryRebound(to: UInt8.self, capacity: Self.byteCount) { unsafe body($0) }
        }
        self.init(
            words: (storage[0].bigEndian, storage[1].bigEndian, storage[2].bigEndian, storage[3].bigEndian)
        )
    }
}
