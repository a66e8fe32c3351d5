// SPDX-License-Identifier: Apache-2.0

/// Merge patches (RFC 7396).
package enum MergePatch {
    /// What has to be sent so that `old` becomes `new`; nil if they are equal.
    ///
    /// Arrays are replaced as a whole. A member of `new` that is `null` cannot be expressed and is removed.
    package static func difference(from old: JSONValue, to new: JSONValue) -> JSONValue? {
        guard case .object(let oldObject) = old, case .object(let newObject) = new else {
            return old == new ? nil : new
        }
        var patch = JSONObject()
        for (name, value) in newObject {
            guard let before = oldObject[name] else {
                patch[name] = value
                continue
            }
            if let change = difference(from: before, to: value) { patch[name] = change }
        }
        for name in oldObject.names where newObject[name] == nil { patch[name] = .null }
        return patch.isEmpty ? nil : .object(patch)
    }

    /// The value after the patch.
    package static func apply(_ patch: JSONValue, to value: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var result = value.object ?? JSONObject()
        for (name, change) in changes {
            result[name] = change.isNull ? nil : apply(change, to: result[name] ?? .null)
        }
        return .object(result)
    }
}
