// SPDX-License-Identifier: Apache-2.0

package import ResticFormat

/// One value for data blobs and one for trees.
package struct PerKind<Value> {
    private var data: Value
    private var tree: Value

    package init(_ make: (BlobKind) throws -> Value) rethrows {
        data = try make(.data)
        tree = try make(.tree)
    }

    package subscript(_ kind: BlobKind) -> Value {
        get {
            switch kind {
            case .data: data
            case .tree: tree
            }
        }
        _modify {
            switch kind {
            case .data: yield &data
            case .tree: yield &tree
            }
        }
    }
}

extension PerKind: Sendable where Value: Sendable {}
