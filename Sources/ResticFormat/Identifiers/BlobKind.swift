// SPDX-License-Identifier: Apache-2.0

/// What a blob holds; part of its identity, since one id may exist as both.
package enum BlobKind: UInt8, Sendable, CaseIterable {
    /// A chunk of file content.
    case data = 0
    /// The JSON of one directory.
    case tree = 1

    /// The word used for `type` in index files.
    package var name: String {
        switch self {
        case .data: "data"
        case .tree: "tree"
        }
    }
}
