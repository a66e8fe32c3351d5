// SPDX-License-Identifier: Apache-2.0

package import ByteTransforms

extension FormatError {
    /// Restates a transform's failure as one of the format, saying what was being read.
    package init(_ error: TransformError, reading subject: String) {
        let code: Code =
            switch error.code {
            case .truncated: .truncated
            case .notAuthentic: .notAuthentic
            case .malformed: .malformed
            case .tooLarge: .tooLarge
            case .unsupported, .unavailable: .unsupported
            }
        self.init(code, "\(subject): \(error.message)")
    }
}
