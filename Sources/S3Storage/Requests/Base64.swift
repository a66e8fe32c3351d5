// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// Base64 with padding, as S3 headers carry digests and keys.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
    }

    /// Nil for text that is not base64; white space around it is ignored.
    static func decode(_ text: String) -> [UInt8]? {
        let trimmed = text.filter { !$0.isWhitespace }
        return Data(base64Encoded: trimmed).map { [UInt8]($0) }
    }
}
